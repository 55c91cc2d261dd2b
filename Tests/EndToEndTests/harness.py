"""Starts the simulator and the exporter on loopback, asks them things, and ends them.

The programs are those that STORPOOL_SIMULATOR and STORPOOL_PVE_EXPORTER name, else those in BIN_DIR, else those of a
debug build. Everything waits for an event, until a deadline; every process dies with the one that started it.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import queue
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

TOKEN = "8181818181818181818"
SECONDS = 30
# The limit that the service manager sets is higher; a stop is a matter of the loop's next turn.
STOP_SECONDS = 5
PAUSE = 0.01
DEFAULT_DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / ".build/debug"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
LIBC = ctypes.CDLL(None)


def program(name, variable):
    return os.environ.get(variable, str(pathlib.Path(os.environ.get("BIN_DIR", DEFAULT_DIRECTORY)) / name))


def environment(**variables):
    """A clean one: nothing of ours configures the exporter."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | variables


def wait_for(what, condition, seconds=SECONDS):
    """What the condition returns once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(PAUSE)


def free_port():
    """A port of loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    """Runs in the child: PR_SET_PDEATHSIG (prctl(2))."""
    LIBC.prctl(1, signal.SIGKILL)


@contextlib.contextmanager
def stopped(program):
    """What comes meanwhile is there at once when it goes on."""
    program.send(signal.SIGSTOP)
    try:
        yield
    finally:
        program.send(signal.SIGCONT)


class Samples:
    """The samples of a page, each read when it is asked for: pages are fetched far more often than looked at."""

    def __init__(self, text):
        self.text = text

    def all(self, name, **labels):
        """(labels, value) of every series of that name with at least these labels."""
        found = []
        for own, value in re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", self.text, re.M):
            own = dict(LABEL.findall(own))
            if labels.items() <= own.items():
                found.append((own, float(value)))
        return found

    def metric(self, name, **labels):
        """The sum of these series; None if there are none."""
        found = self.all(name, **labels)
        return sum(value for _, value in found) if found else None

    def has(self, family):
        """Whether there is a sample whose name begins so."""
        return re.search(rf"^{family}", self.text, re.M) is not None


class Program:
    """A running process whose outputs go to files, and which ends with the `with` block."""

    def __init__(self, command, *, env, pass_fds=(), stdin=subprocess.DEVNULL):
        self.folder = tempfile.TemporaryDirectory(prefix="storpool-pve-")
        self.error_path = pathlib.Path(self.folder.name) / "stderr"
        self.output_path = pathlib.Path(self.folder.name) / "stdout"
        # A process before this one may have had its number.
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
        """Standard error so far."""
        return self.error_path.read_text(errors="replace")

    @property
    def output(self):
        """Standard output so far."""
        return self.output_path.read_text(errors="replace")

    @property
    def is_running(self):
        return self.process.poll() is None

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=SECONDS):
        """The exit code."""
        return self.process.wait(timeout=seconds)

    def stop(self, number=signal.SIGTERM, seconds=SECONDS):
        """Tells it to end, and returns the exit code."""
        if self.is_running:
            self.send(number)
        return self.wait(seconds)

    def kill(self):
        if self.is_running:
            self.process.kill()
            self.process.wait(timeout=SECONDS)
        self.folder.cleanup()

    def status(self, name):
        """A figure of /proc/PID/status, such as VmHWM, in bytes."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB$", text, re.M)[1]) * 1024

    @property
    def descriptors(self):
        """How many it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Simulator(Program):
    """A StorPool API that can be made to fail."""

    def __init__(self, *flags, objects=300, port=0, token=TOKEN):
        super().__init__(
            [program("storpool-simulator", "STORPOOL_SIMULATOR"), "--objects", objects, "--token", token,
             "--listen", f"127.0.0.1:{port}", *flags], env=environment())
        self.token = token
        self.url = wait_for("the simulator listens", self._url)
        self.port = urllib.parse.urlsplit(self.url).port

    def _url(self):
        assert self.is_running, self.log
        return self.output.split("\n")[0] if "\n" in self.output else None

    def control(self, method, command):
        request = urllib.request.Request(f"{self.url}/control/{command}", method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return json.load(reply)

    @property
    def state(self):
        return self.control("GET", "state")

    def fault(self, kind, **parameters):
        """Switches a fault on; `call`, `count`, `seconds`, `at` and so on as `--help` of the simulator says."""
        return self.control("POST", "fault?" + urllib.parse.urlencode({"kind": kind} | parameters))

    def clear_faults(self):
        return self.control("DELETE", "fault")


class Exporter(Program):
    """The exporter, serving. `api` is a Simulator, a URL, or None for no configuration but what flags and variables say."""

    def __init__(
            self, api=None, *flags, interval="1s", space="0", templates="0", listen=("127.0.0.1:0",), token=TOKEN,
            variables=None, pass_fds=(), wrapper=(), wait=True):
        self.scratch = tempfile.TemporaryDirectory(prefix="storpool-pve-")
        folder = pathlib.Path(self.scratch.name)
        self.token_file = folder / "token"
        self.token_file.write_text(token + "\n")
        command = [
            *wrapper, program("storpool-pve-exporter", "STORPOOL_PVE_EXPORTER"), "serve", "--storpool.config",
            folder / "none.conf", "--storpool.config-dir", folder / "none.d", "--poll.interval", interval,
            "--space.interval", space, "--templates.interval", templates]
        if api is not None:
            command += ["--storpool.url", getattr(api, "url", api), "--storpool.token-file", self.token_file]
        for address in listen:
            command += ["--web.listen-address", address]
        super().__init__([*command, *flags], env=environment(**(variables or {})), pass_fds=pass_fds)
        self.port, self.url = None, None
        if wait:
            self.port = int(wait_for("the exporter listens", self._listening))
            self.url = f"http://127.0.0.1:{self.port}"

    def _listening(self):
        assert self.is_running, self.log
        found = re.search(r"listening on (?:127\.0\.0\.1|0\.0\.0\.0|\[::\]):(\d+)", self.log)
        return found and found[1]

    def kill(self):
        super().kill()
        self.scratch.cleanup()

    def get(self, path, seconds=SECONDS, **headers):
        """Status, header fields and body."""
        request = urllib.request.Request(
            self.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def metrics(self, seconds=SECONDS):
        """The page now."""
        status, _, body = self.get("/metrics", seconds)
        assert status == 200
        return Samples(body.decode())

    def metric(self, name, **labels):
        return self.metrics().metric(name, **labels)

    def wait_for(self, predicate, what="the page", seconds=SECONDS):
        """The first page for which the predicate is true."""
        def look():
            assert self.is_running, self.log
            page = self.metrics(seconds)
            return page if predicate(page) else None
        try:
            return wait_for(what, look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-2000:]}") from None

    def wait_until_up(self, seconds=SECONDS):
        return self.wait_for(lambda page: page.metric("storpool_pve_up") == 1, "up", seconds)

    def poll(self, before=None, seconds=SECONDS):
        """Has it poll now; returns the page after that."""
        count = (before or self.metrics()).metric("storpool_pve_polls_total")
        self.send(signal.SIGHUP)
        return self.wait_for(lambda page: page.metric("storpool_pve_polls_total") > count, "another poll", seconds)


class NotifySocket:
    """What a service manager would hear (sd_notify(3)), which always listens: who tells it waits until it has heard."""

    def __init__(self, folder):
        self.path = str(pathlib.Path(folder) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.heard = []
        self.queue = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        while message := self.socket.recv(1 << 16):
            self.queue.put(message.decode().split("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # An empty message ends the listener.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.path)
        self.listener.join(SECONDS)
        self.socket.close()

    def wait_for(self, predicate, seconds=SECONDS):
        """The next message, as its lines, for which the predicate is true; reads those before it too."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                message = self.queue.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not heard within {seconds} s; heard {self.heard}") from None
            self.heard.append(message)
            if predicate(message):
                return message


@contextlib.contextmanager
def running(simulator_flags=(), exporter_flags=(), objects=300, **options):
    """A simulator, and an exporter that has seen it twice, as anomalies that compare objects need."""
    with Simulator(*simulator_flags, objects=objects) as simulator:
        with Exporter(simulator, *exporter_flags, **options) as exporter:
            exporter.wait_until_up()
            exporter.poll()
            yield simulator, exporter
