"""Measures the CPU time and memory of the exporter's polls of a simulated cluster."""

import collections
import contextlib
import pathlib
import re
import signal
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

# pylint: disable=wrong-import-position
from testkit import processes  # noqa: E402
from testkit.processes import NotifySocket, wait_for  # noqa: E402

# Deadline in seconds of a poll of a million objects.
POLL_LIMIT = 120
# A poll counts as finished when the exporter has sent no message to the service manager for this time in seconds. The CPU
# time thus includes the work that follows the status message.
QUIET = 0.5


class Simulator(processes.Simulator):
    """A cluster with this number of objects. The objects are the same in every run."""

    def __init__(self, objects):
        super().__init__("--seed", 1, objects=objects)


class Exporter(processes.Exporter):
    """An exporter that polls only on SIGHUP, unless flags change this. `folder` contains the program."""

    def __init__(self, folder, simulator, *flags):
        self.notify_folder = tempfile.TemporaryDirectory()
        self.notices = NotifySocket(self.notify_folder.name)
        super().__init__(
            simulator, "--log.level", "debug", *flags, interval="1h",
            executable=pathlib.Path(folder) / "storpool-pve-exporter", variables={"NOTIFY_SOCKET": self.notices.path})
        self.wait_for_first_poll()

    def wait_for_first_poll(self):
        wait_for("the first poll", lambda: self.metric("storpool_pve_polls_total"), POLL_LIMIT)
        self.wait_for_quiet()

    def kill(self):
        super().kill()
        self.notices.__exit__()
        self.notify_folder.cleanup()

    def cpu(self):
        """CPU time of all threads in seconds, more precise than the value in /proc/PID/stat."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def longest_calls(self):
        """The longest call of the event loop in each poll: (seconds, source file of the call)."""
        return [(int(duration) / 1e6, owner) for duration, owner in re.findall(
            r"the longest event handler took (\d+) µs, in (\S+)", self.log)]

    def switches(self):
        """Number of voluntary context switches, which equals the number of wake-ups."""
        return int(re.search(
            r"^voluntary_ctxt_switches:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text(), re.M)[1])

    def memory(self):
        """VmRSS and VmHWM in bytes."""
        return {name: self.status(name) for name in ("VmRSS", "VmHWM")}

    def objects_by_type(self, page):
        found = collections.Counter()
        for labels, count in page.all("storpool_pve_objects"):
            found[labels["object_type"]] += int(count)
        return {kind: count for kind, count in found.items() if count}

    def wait_for_quiet(self):
        self.notices.wait_for_silence(QUIET)

    def poll(self):
        """Polls once. Returns the CPU time, the start time and the time of the status message.

        The CPU time includes that of requests during the poll.
        """
        spent, began = self.cpu(), time.monotonic()
        self.send(signal.SIGHUP)
        self.notices.wait_for(lambda message: message[0].startswith("READY=1"), POLL_LIMIT)
        # The exporter sends the status of the reload before READY=1, so the next status message is that of the poll.
        ended, _ = self.notices.wait_for_arrival(lambda message: message[0].startswith("STATUS="), POLL_LIMIT)
        self.wait_for_quiet()
        return {"cpu_seconds": self.cpu() - spent, "began": began, "ended": ended}
