"""A simulated cluster and the exporter that watches it, polling when a test says so.

The programs are those that STORPOOL_PVE_EXPORTER and STORPOOL_SIMULATOR name, else those of a debug build.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

DEFAULT_DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / ".build/debug"
TOKEN = "7778889990001112223"
SECONDS = 60


def program(name, variable):
    return os.environ.get(variable, str(pathlib.Path(os.environ.get("BIN_DIR", DEFAULT_DIRECTORY)) / name))


EXPORTER = program("storpool-pve-exporter", "STORPOOL_PVE_EXPORTER")


def wait_for(what, condition, seconds=SECONDS):
    """What the condition returns once that is true; asks again and again until the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SECONDS) as reply:
        return reply.read().decode()


class Cluster:
    """A running simulator."""

    def __init__(self, url):
        self.url = url

    def control(self, method, command):
        with urllib.request.urlopen(
                urllib.request.Request(f"{self.url}/control/{command}", method=method), timeout=SECONDS) as reply:
            return json.load(reply)

    def plant(self, reason):
        return self.control("POST", f"anomaly?reason={reason}")

    def repair(self, planted):
        return self.control("DELETE", f"anomaly?id={planted['globalId']}")


@contextlib.contextmanager
def simulator(*flags):
    with subprocess.Popen(
            [program("storpool-simulator", "STORPOOL_SIMULATOR"), "--token", TOKEN, *flags], stdout=subprocess.PIPE,
            text=True) as process:
        try:
            url = process.stdout.readline().strip()
            assert url, "the simulator did not start"
            yield Cluster(url)
        finally:
            process.terminate()


class Exporter:
    """A running exporter that polls at its start, and then when told to."""

    def __init__(self, cluster, folder, *flags, wrapper=(), **variables):
        self.log_path = pathlib.Path(folder) / f"exporter-{time.monotonic_ns()}.log"
        token = pathlib.Path(folder) / "token"
        token.write_text(TOKEN + "\n", encoding="ascii")
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("SP_") and name not in ("STATE_DIRECTORY", "JOURNAL_STREAM", "NOTIFY_SOCKET")}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*wrapper, EXPORTER, "serve", "--storpool.url", cluster.url, "--storpool.token-file", token,
                 "--web.listen-address", "127.0.0.1:0", "--poll.interval", "1h", *flags],
                stdout=log, stderr=log, env=kept | variables)
        listening = wait_for("the exporter listens", self._listening)
        self.url = f"http://{listening[1]}"

    def _listening(self):
        assert self.process.poll() is None, self.log
        return re.search(r"listening on (127\.0\.0\.1:\d+)", self.log)

    @property
    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    @property
    def page(self):
        return fetch(f"{self.url}/metrics")

    def value(self, series):
        """The value of the series written so, nil when it is not on the page."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.page, flags=re.M)
        return float(found[1]) if found else None

    def values(self, family):
        """The values of all series of a family, by their labels as written."""
        return {labels or "": float(value) for labels, value in re.findall(
            rf"^{family}(?:\{{(.*)\}})? (\S+)$", self.page, flags=re.M)}

    def wait_for_polls(self, count):
        wait_for(f"{count} polls", lambda: self.value("storpool_pve_polls_total") >= count)

    def poll(self, times=1):
        for _ in range(times):
            count = self.value("storpool_pve_polls_total")
            self.process.send_signal(signal.SIGHUP)
            self.wait_for_polls(count + 1)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        assert self.process.wait(timeout=SECONDS) == 0, self.log
        assert TOKEN not in self.log


@contextlib.contextmanager
def exporter(cluster, folder, *flags, **options):
    running = Exporter(cluster, folder, *flags, **options)
    try:
        running.wait_for_polls(1)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
