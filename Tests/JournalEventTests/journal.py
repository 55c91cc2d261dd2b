"""A real systemd-journald: that of the machine, or one that a test may stop, start and limit."""

import fcntl
import json
import os
import pathlib
import shutil
import socket
import subprocess

from harness import wait_for

JOURNALD = "/lib/systemd/systemd-journald"
SOCKET = "/run/systemd/journal/socket"
IDENTIFIER = "SYSLOG_IDENTIFIER=storpool-pve-exporter"
SECONDS = 60


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
    """The journal of this machine; where none runs, one is started and left, because others may have found it."""
    with open("/tmp/storpool-pve-exporter-tests-journal.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not journal_listens():
            start_journald(start_new_session=True)
            wait_for("the journal listens, which takes root", journal_listens, seconds=20)


def read_journal(*arguments):
    """Entries of the exporter, oldest first."""
    output = subprocess.run(
        ["journalctl", "--quiet", "--all", "--output=json", IDENTIFIER, *arguments],
        check=True, timeout=SECONDS, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def journal_entries(pids, since, expected):
    """Entries of these processes in the journal of the machine, once there are as many as expected."""
    if not expected:
        return []
    subprocess.run(["journalctl", "--sync"], check=True, timeout=SECONDS)

    def read():
        found = read_journal("--boot", f"--since=@{int(since)}", *(f"_PID={pid}" for pid in pids))
        return found if len(found) >= expected else None

    return wait_for(f"{expected} entries in the journal", read)


class OwnJournal:
    """A journal namespace (systemd-journald.service(8)); the wrapper puts it where the journal is.

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
        logs = [path for place in ("/run/log/journal", "/var/log/journal") for path in pathlib.Path(place).glob(f"*.{self.name}")]
        for left in [self.folder, self.settings, *logs]:
            shutil.rmtree(left, ignore_errors=True)

    def start(self):
        self.process = start_journald(self.name)
        wait_for("the own journal listens", lambda: journal_listens(f"{self.folder}/socket"), seconds=20)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=SECONDS)

    def entries(self, pid, *arguments):
        return read_journal(f"--namespace={self.name}", f"_PID={pid}", *arguments)
