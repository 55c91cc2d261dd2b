"""A real systemd-journald: the journal of the machine, or a separate journal that a test can stop, start and limit."""

import fcntl
import json
import os
import pathlib
import shutil
import socket
import subprocess

from testkit.processes import SECONDS, wait_for

JOURNALD = "/lib/systemd/systemd-journald"
SOCKET = "/run/systemd/journal/socket"
IDENTIFIER = "SYSLOG_IDENTIFIER=storpool-pve-exporter"
# Wrapper that hides the journal from a program.
HIDDEN = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run/systemd/journal && exec "$@"', "sh"]


def journal_listens(path=SOCKET):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def start_journald(*arguments, **options):
    null = subprocess.DEVNULL
    return subprocess.Popen([JOURNALD, *arguments], stdin=null, stdout=null, stderr=null, **options)


def ensure_journal():
    """Starts a journal if none is running. It keeps running for other test processes."""
    with open("/tmp/storpool-pve-exporter-tests-journal.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not journal_listens():
            start_journald(start_new_session=True)
            wait_for("the journal listens (starting one needs root)", journal_listens)


def read_journal(*arguments):
    """The entries of all exporters that match the arguments of journalctl, oldest first."""
    output = subprocess.run(
        ["journalctl", "--quiet", "--all", "--output=json", IDENTIFIER, *arguments],
        check=True, timeout=SECONDS, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def journal_entries(pids, since, expected):
    """Waits until the machine's journal has `expected` entries of these processes, and returns them."""
    if not expected:
        return []
    subprocess.run(["journalctl", "--sync"], check=True, timeout=SECONDS)

    def read():
        found = read_journal("--boot", f"--since=@{int(since)}", *(f"_PID={pid}" for pid in pids))
        return found if len(found) >= expected else None

    return wait_for(f"{expected} entries in the journal", read)


def entries(running):
    """Entries of one exporter, oldest first, without the fields that journald adds."""
    page = running.metrics()
    expected = sum(page.values("storpool_pve_journal_events_total").values())
    assert page.value("storpool_pve_journal_failures_total") == 0
    found = journal_entries([running.pid], since=running.started, expected=expected)
    assert len(found) == expected, "the journal has more entries than the exporter counted"
    return [{name: value for name, value in entry.items() if not name.startswith("_")} for entry in found]


def summary(found):
    """(event, reason, global id) of each entry, sorted."""
    return sorted((entry["STORPOOL_PVE_EVENT"], entry.get("ANOMALY_REASON"), entry.get("STORPOOL_GLOBAL_ID"))
                  for entry in found)


class OwnJournal:
    """A journal namespace (systemd-journald.service(8)). A program started with `wrapper` uses it as its journal.

    `settings` are lines of journald.conf(5).
    """

    def __init__(self, *settings):
        self.name = f"storpool-pve-tests-{os.getpid()}"
        self.folder = pathlib.Path(f"/run/systemd/journal.{self.name}")
        self.settings = pathlib.Path(f"/run/systemd/journald@{self.name}.conf.d")
        self.wrapper = [
            "unshare", "--mount", "sh", "-c", f'mount --bind {self.folder} /run/systemd/journal && exec "$@"', "sh"]
        self.process = None
        if settings:
            self.settings.mkdir(parents=True)
            (self.settings / "test.conf").write_text("\n".join(["[Journal]", *settings, ""]), encoding="ascii")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        logs = [path for place in ("/run/log/journal", "/var/log/journal")
                for path in pathlib.Path(place).glob(f"*.{self.name}")]
        for left in [self.folder, self.settings, *logs]:
            shutil.rmtree(left, ignore_errors=True)

    def start(self):
        self.process = start_journald(self.name)
        wait_for("the separate journal listens", lambda: journal_listens(f"{self.folder}/socket"))

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=SECONDS)

    def entries(self, pid, *arguments):
        return read_journal(f"--namespace={self.name}", f"_PID={pid}", *arguments)
