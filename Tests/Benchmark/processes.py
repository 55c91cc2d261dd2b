"""The two programs under measurement, each started, asked and stopped."""

import collections
import contextlib
import http.client
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

START_LIMIT = 60
POLL_LIMIT = 120
#: How long nothing may be reported before a poll counts as over, so that what follows its report is counted.
QUIET = 0.5


class Program:
    """A process that ends with the block it is used in."""

    def __init__(self, command, environment=None):
        self.log = tempfile.TemporaryFile()
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, env=environment
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def fail(self, why):
        self.log.seek(0)
        raise SystemExit(f"{self.command[0]}: {why}\n{self.log.read()[-2000:].decode(errors='replace')}")


class Simulator(Program):
    """A StorPool API on loopback with so many objects, the same ones every time."""

    def __init__(self, bin_dir, objects, token):
        super().__init__(
            [
                pathlib.Path(bin_dir) / "storpool-simulator", "--objects", objects, "--seed", 1,
                "--listen", "127.0.0.1:0", "--token", token.read_text().strip(),
            ]
        )
        ready, _, _ = select.select([self.process.stdout], [], [], START_LIMIT)
        found = re.search(rb"http://[0-9.]+:[0-9]+", self.process.stdout.readline() if ready else b"")
        if not found:
            self.fail("printed no URL")
        self.url = found.group().decode() + "/ctrl/1.0/"


Page = collections.namedtuple("Page", "body objects_by_type machines polls")


class Exporter(Program):
    """The exporter, which polls on SIGHUP only and says on a socket of ours when it has (`sd_notify(3)`)."""

    def __init__(self, bin_dir, url, token, *flags):
        """`flags` come last and so win: by default it polls on demand, and neither space nor templates."""
        self.folder = tempfile.TemporaryDirectory()
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = os.path.join(self.folder.name, "notify")
        self.notices.bind(address)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        super().__init__(
            [
                pathlib.Path(bin_dir) / "storpool-pve-exporter", "serve",
                "--storpool.url", url.removesuffix("/ctrl/1.0/"), "--storpool.token-file", token,
                "--web.listen-address", f"127.0.0.1:{self.port}",
                "--poll.interval", "1h", "--space.interval", "0", "--templates.interval", "0", "--log.level", "debug", *flags,
            ],
            {**os.environ, "NOTIFY_SOCKET": address},
        )
        deadline = time.monotonic() + START_LIMIT
        while not self.polls_done():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.fail("made no poll")
            time.sleep(0.1)
        self.wait_for_quiet()

    def __exit__(self, *details):
        super().__exit__(*details)
        self.notices.close()
        self.folder.cleanup()

    def cpu(self):
        """Seconds that all threads have run, finer than the clock ticks of /proc/PID/stat."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def longest_calls(self):
        """Of each poll, the longest call of the loop: seconds, and the file that it is of."""
        self.log.seek(0)
        return [(int(duration) / 1e6, owner) for duration, owner in re.findall(
            r"the longest call on the loop took (\d+) µs, of (\S+)", self.log.read().decode())]

    def switches(self):
        """How often it has gone to sleep, and so been woken."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])

    def forget_peak(self):
        """From now on VmHWM begins anew (proc(5), clear_refs)."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def memory(self):
        """VmRSS and VmHWM in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return {name: int(size) * 1024 for name, size in re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.M)}

    def page(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            body = connection.getresponse().read()
        types = collections.Counter()
        machines = set()
        for labels, count in re.findall(rb"^storpool_pve_objects\{(.*)\} ([0-9.e+]+)$", body, re.M):
            named = dict(re.findall(rb'(\w+)="((?:[^"\\]|\\.)*)"', labels))
            types[named[b"object_type"].decode()] += int(float(count))
            if named.get(b"vmid"):
                machines.add((named.get(b"pve_cluster"), named[b"vmid"]))
        polls = re.search(rb"^storpool_pve_polls_total ([0-9.e+]+)$", body, re.M)
        return Page(body, {kind: count for kind, count in types.items() if count}, len(machines), int(float(polls.group(1))) if polls else 0)

    def polls_done(self):
        try:
            return self.page().polls
        except (OSError, http.client.HTTPException):
            return 0

    def wait_for_quiet(self):
        while select.select([self.notices], [], [], QUIET)[0]:
            self.notices.recv(65536)

    def wait_for_notice(self, field, limit):
        """The next notice with this field; no traffic on HTTP is needed to see it."""
        deadline = time.monotonic() + limit
        while select.select([self.notices], [], [], max(0, deadline - time.monotonic()))[0]:
            if field in self.notices.recv(65536).split(b"\n", 1)[0]:
                return time.monotonic()
        self.fail(f"did not say {field.decode()} after SIGHUP")

    def poll(self):
        """One poll: its CPU time, if nothing is asked of the exporter meanwhile, and when it began and was reported."""
        spent, began = self.cpu(), time.monotonic()
        self.process.send_signal(signal.SIGHUP)
        self.wait_for_notice(b"READY=1", POLL_LIMIT)
        # The next status is the poll's: that of the reload came before.
        ended = self.wait_for_notice(b"STATUS=", POLL_LIMIT)
        self.wait_for_quiet()
        return {"cpu_seconds": self.cpu() - spent, "began": began, "ended": ended}
