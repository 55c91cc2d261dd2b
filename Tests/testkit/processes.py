"""Starts the simulator and the exporter on loopback and talks to them.

STORPOOL_SIMULATOR and STORPOOL_PVE_EXPORTER can name the programs. Otherwise the programs come from BIN_DIR, or from the
release build if BIN_DIR is not set. Every process is killed when the test process ends.
"""

import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import queue
import random
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from testkit.pages import Page

TOKEN = "8181818181818181818"
ROOT = pathlib.Path(__file__).resolve().parents[2]
# Deadline in seconds of every wait. Only a failing test waits this long.
SECONDS = 60
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.05
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
# These ports are below the kernel's range for outgoing connections (ip_local_port_range), so clients do not use them.
PORTS = range(20_000, 30_000)
LIBC = ctypes.CDLL(None)


def program(name):
    """The path of storpool-simulator or storpool-pve-exporter."""
    folder = pathlib.Path(os.environ.get("BIN_DIR", ROOT / ".build/release"))
    return os.environ.get(name.upper().replace("-", "_"), str(folder / name))


def environment(**variables):
    """The given variables and KEPT_VARIABLES, which do not configure the exporter."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | variables


def wait_for(what, condition, seconds=SECONDS):
    """Waits until the condition is true and returns its value."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def free_port():
    """A loopback port on which nothing listens."""
    while True:
        port = random.choice(PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def die_with_parent():
    """Makes the kernel kill this child process when its parent ends: PR_SET_PDEATHSIG (prctl(2))."""
    LIBC.prctl(1, signal.SIGKILL)


@contextlib.contextmanager
def stopped(process):
    """Suspends a process during the block. Data and signals that arrive meanwhile wait until the process continues."""
    process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send(signal.SIGCONT)


class Program:
    """A running process whose outputs are written to files. The end of the `with` block kills it."""

    def __init__(self, command, *, env, pass_fds=(), stdin=subprocess.DEVNULL):
        self.folder = tempfile.TemporaryDirectory(prefix="storpool-pve-")
        self.error_path = pathlib.Path(self.folder.name) / "stderr"
        self.output_path = pathlib.Path(self.folder.name) / "stdout"
        # The journal may have entries of an earlier process with the same process id, so remember the start time.
        self.started = time.time()
        with open(self.output_path, "wb") as output, open(self.error_path, "wb") as error:
            self.process = subprocess.Popen(
                list(map(str, command)), stdin=stdin, stdout=output, stderr=error, env=env, pass_fds=pass_fds,
                preexec_fn=die_with_parent)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def log(self):
        """The contents of standard error so far."""
        return self.error_path.read_text(errors="replace")

    @property
    def output(self):
        """The contents of standard output so far."""
        return self.output_path.read_text(errors="replace")

    @property
    def is_running(self):
        return self.process.poll() is None

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=SECONDS):
        """Waits until the process ends and returns the exit code."""
        return self.process.wait(timeout=seconds)

    def stop(self, number=signal.SIGTERM, seconds=SECONDS):
        """Sends the signal if the process is running, waits for its end and returns the exit code."""
        if self.is_running:
            self.send(number)
        return self.wait(seconds)

    def kill(self):
        if self.is_running:
            self.process.kill()
            self.process.wait(timeout=SECONDS)
        self.folder.cleanup()

    def status(self, name):
        """A size from /proc/PID/status, such as VmHWM, in bytes."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB$", text, re.M)[1]) * 1024

    def reset_peak(self):
        """Sets VmHWM, the peak size, to the current size (proc(5), clear_refs)."""
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    @property
    def descriptors(self):
        """The number of open descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Simulator(Program):
    """The simulated StorPool API, with faults and anomalies on demand."""

    def __init__(self, *flags, objects=300, port=0, token=TOKEN):
        super().__init__(
            [program("storpool-simulator"), "--objects", objects, "--token", token,
             "--listen", f"127.0.0.1:{port}", *flags], env=environment())
        self.token = token
        self.url = wait_for("the simulator listens", self._url)
        self.host, self.port = "127.0.0.1", urllib.parse.urlsplit(self.url).port

    def _url(self):
        assert self.is_running, self.log
        return self.output.split("\n")[0] if "\n" in self.output else None

    def control(self, method, command):
        """Sends a control request and returns the JSON of the reply."""
        request = urllib.request.Request(f"{self.url}/control/{command}", method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return json.load(reply)

    @property
    def state(self):
        return self.control("GET", "state")

    def fault(self, kind, **parameters):
        """Starts a fault. `storpool-simulator --help` explains the parameters, such as `call` and `count`."""
        return self.control("POST", "fault?" + urllib.parse.urlencode({"kind": kind} | parameters))

    def clear_faults(self):
        return self.control("DELETE", "fault")

    def plant(self, reason):
        """Plants an anomaly with this reason."""
        return self.control("POST", f"anomaly?reason={reason}")

    def repair(self, planted):
        """Repairs an anomaly that `plant` returned."""
        return self.control("DELETE", f"anomaly?id={planted['globalId']}")

    def call(self, name, token=None):
        """Makes an API call and returns (status, body)."""
        request = urllib.request.Request(
            f"{self.url}/ctrl/1.0/{name}", headers={"Authorization": f"Storpool v1:{token or self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def data(self, name):
        """Makes an API call and returns its `data`, such as the elements of a list."""
        status, body = self.call(name)
        assert status == 200
        return json.loads(body)["data"]


class Exporter(Program):
    """The exporter as a daemon. `api` is a simulator, a URL, or None if only flags and variables configure the API."""

    def __init__(
            self, api=None, *flags, interval="1s", space="0", templates="0", listen=("127.0.0.1:0",), token=TOKEN,
            variables=None, pass_fds=(), wrapper=(), wait=True, executable=None):
        self.api = getattr(api, "url", api)
        self.scratch = tempfile.TemporaryDirectory(prefix="storpool-pve-")
        folder = pathlib.Path(self.scratch.name)
        self.token_file = folder / "token"
        self.token_file.write_text(token + "\n")
        command = [
            *wrapper, executable or program("storpool-pve-exporter"), "serve", "--storpool.config",
            folder / "none.conf", "--storpool.config-dir", folder / "none.d", "--poll.interval", interval,
            "--space.interval", space, "--templates.interval", templates]
        if api is not None:
            command += ["--storpool.url", self.api, "--storpool.token-file", self.token_file]
        for address in listen:
            command += ["--web.listen-address", address]
        super().__init__([*command, *flags], env=environment(**(variables or {})), pass_fds=pass_fds)
        self.port, self.url = None, None
        if wait:
            self.listens_on(int(wait_for("the exporter listens", self._listening)))

    def _listening(self):
        assert self.is_running, self.log
        found = re.search(r"listening on (?:127\.0\.0\.1|0\.0\.0\.0|\[::\]):(\d+)", self.log)
        return found and found[1]

    def listens_on(self, port):
        self.port, self.url = port, f"http://127.0.0.1:{port}"

    def kill(self):
        super().kill()
        self.scratch.cleanup()

    def get(self, path, **headers):
        """Sends a GET request and returns (status, header fields, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"Connection": "close"} | fields)
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()

    def metrics(self, **headers):
        """Fetches the metrics page."""
        status, _, body = self.get("/metrics", **headers)
        assert status == 200
        return Page(body.decode())

    def metric(self, name, **labels):
        return self.metrics().metric(name, **labels)

    def value(self, series):
        return self.metrics().value(series)

    def values(self, name):
        return self.metrics().values(name)

    def wait_for(self, predicate, what="the page", seconds=SECONDS):
        """Fetches the page until the predicate is true for it. Returns this page."""
        def look():
            assert self.is_running, self.log
            page = self.metrics()
            return page if predicate(page) else None
        try:
            return wait_for(what, look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-2000:]}") from None

    def wait_until_up(self):
        return self.wait_for(lambda page: page.metric("storpool_pve_up") == 1, "up")

    def wait_for_polls(self, count):
        return self.wait_for(lambda page: page.metric("storpool_pve_polls_total") >= count, f"{count} polls")

    def poll(self, before=None, seconds=SECONDS):
        """Makes the exporter poll and returns the page after the poll."""
        count = (before or self.metrics()).metric("storpool_pve_polls_total")
        self.send(signal.SIGHUP)
        return self.wait_for(lambda page: page.metric("storpool_pve_polls_total") > count, "another poll", seconds)

    def polls(self, times):
        for _ in range(times):
            page = self.poll()
        return page

    def rows(self):
        """The rows of `list` for the same API."""
        done = subprocess.run(
            [program("storpool-pve-exporter"), "list", "--storpool.url", self.api, "--storpool.token-file",
             self.token_file, "--format", "json"],
            check=True, capture_output=True, text=True, timeout=SECONDS, env=environment())
        return [json.loads(line) for line in done.stdout.splitlines()]


class NotifySocket:
    """Receives what the exporter sends to the service manager (sd_notify(3))."""

    def __init__(self, folder):
        self.path = str(pathlib.Path(folder) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.received = []
        self.queue = queue.Queue()
        # A thread reads the socket all the time, because the exporter would wait when the socket is full.
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        while message := self.socket.recv(1 << 16):
            self.queue.put((time.monotonic(), message.decode().split("\n")))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # An empty message ends the listener.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.path)
        self.listener.join(SECONDS)
        self.socket.close()

    def wait_for(self, predicate, seconds=SECONDS):
        """Returns the lines of the next message for which the predicate is true, and drops the messages before it."""
        return self.wait_for_arrival(predicate, seconds)[1]

    def wait_for_arrival(self, predicate, seconds=SECONDS):
        """Like wait_for, but returns (arrival time by time.monotonic, lines)."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                arrived, message = self.queue.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no such message within {seconds} s; received {self.received}") from None
            self.received.append(message)
            if predicate(message):
                return arrived, message

    def wait_for_silence(self, seconds):
        """Drops messages until no message has arrived for this number of seconds."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.received.append(self.queue.get(timeout=seconds)[1])


@contextlib.contextmanager
def running(simulator_flags=(), exporter_flags=(), objects=300, **options):
    """A simulator, and an exporter that has polled it twice. Some anomalies need two polls that agree."""
    with Simulator(*simulator_flags, objects=objects) as simulator:
        with Exporter(simulator, *exporter_flags, **options) as exporter:
            exporter.wait_until_up()
            exporter.poll()
            yield simulator, exporter


@contextlib.contextmanager
def watching(api, *flags, interval="1h", space="1h", templates="1h", wrapper=(), **variables):
    """An exporter that has polled once and polls again on request. It must exit with 0, unless the test stops it."""
    with Exporter(
            api, *flags, interval=interval, space=space, templates=templates, wrapper=wrapper,
            variables=variables) as exporter:
        exporter.wait_for_polls(1)
        yield exporter
        if exporter.is_running:
            assert exporter.stop() == 0, exporter.log
        assert TOKEN not in exporter.log
