"""Runs two exporters for half an hour with churn, faults, hostile clients, reloads and kill -9.

They poll a changing simulated cluster of 20,000 objects every second. One exporter runs all the time, and its memory and
descriptors must not grow. The other is killed repeatedly and continues from its state file. Anomalies are planted and
repaired. At the end, the journal must have exactly one event of each exporter for each planted and each repaired anomaly.
"""

import argparse
import collections
import pathlib
import random
import signal
import statistics
import sys
import tempfile
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(TESTS))

# pylint: disable=wrong-import-position
from testkit.hostile_clients import ATTACKS, attacked  # noqa: E402
from testkit.journal import ensure_journal, journal_entries  # noqa: E402
from testkit.processes import Exporter, Simulator, free_port, wait_for  # noqa: E402

REASONS = [
    "named-volume", "wrong-kind", "unexpected-tag", "missing-tag", "content-type", "undecodable-name", "invisible",
    "scheduled-deletion", "unfindable-cloudinit", "duplicate-cloudinit", "duplicate-snapshot", "orphan-snapshot",
    "storage-mismatch", "base-and-disk", "owner-mismatch", "duplicate-disk", "vmid-range", "stray-tag", "odd-boolean",
]
# Faults that never remove objects from a successful poll, because missing objects would cause more events.
FAULTS = [
    ("refuse", {}), ("hang", {}), ("close", {}), ("garbage", {}), ("delay", {"wait": 1}), ("slow", {"rate": 1000}), ("stall", {}),
    ("reset", {}), ("truncate", {}), ("wrong-length", {"delta": 1}), ("bad-length", {}), ("html", {}), ("status", {}),
    ("error", {}), ("transient", {}), ("bad-token", {}), ("redirect", {}), ("empty", {}), ("no-data", {}),
    ("malformed", {}), ("invalid-utf8", {}), ("deep", {}), ("trailing", {}), ("endless", {}), ("unknown-fields", {}),
]
CALLS = ["VolumesList", "SnapshotsList", "VolumesSpace", "SnapshotsSpace", "*"]
# The exporter reports anomalies from comparisons after two polls that began after the change. One more poll may have begun
# before the change. One more is a reserve.
POLLS_TO_SETTLE = 4
SETTLE_SECONDS = 120
CLIENTS = 20
MEBIBYTE = 1 << 20
# Allowed difference of the memory peaks in MiB. Slow readers keep a random number of old pages in memory.
PEAK_ALLOWANCE = 4


class Polled(Exporter):
    """An exporter that polls every second. After its end, a new process can use its port and its state."""

    def __init__(self, simulator, port, state):
        super().__init__(
            simulator, "--storpool.timeout", "2s", "--space.timeout", "2s", "--storpool.max-response-bytes", 64 * MEBIBYTE,
            "--poll.stale-after", "10m", space="10s", templates="10s", listen=(f"127.0.0.1:{port}",),
            variables={"STATE_DIRECTORY": str(state)})

    @property
    def good_polls(self):
        page = self.metrics()
        return page.metric("storpool_pve_polls_total") - page.metric("storpool_pve_poll_failures_total")


class Site:
    """An exporter that may be killed and started again."""

    def __init__(self, name, simulator, folder):
        self.name, self.simulator, self.port = name, simulator, free_port()
        self.state = pathlib.Path(folder) / name
        self.state.mkdir()
        self.lock = threading.Lock()
        self.runs = []
        self.began = time.time()
        self.started = 0
        self.start()

    def start(self):
        self.exporter = Polled(self.simulator, self.port, self.state)
        self.started += 1
        self.runs.append(self.exporter.pid)

    def kill(self):
        """Kills the exporter with SIGKILL, as the kernel does if memory runs out, and starts a new one."""
        with self.lock:
            self.exporter.send(signal.SIGKILL)
            assert self.exporter.wait() == -signal.SIGKILL, self.exporter.log
            self.exporter.kill()
            self.start()

    def reload(self):
        with self.lock:
            self.exporter.send(signal.SIGHUP)

    def check(self):
        with self.lock:
            assert self.exporter.is_running, self.exporter.log
            assert self.exporter.get("/-/healthy")[0] == 200

    def settle(self):
        """Waits for POLLS_TO_SETTLE successful polls of one process. Then the changes so far have been logged."""
        run, base, total = None, 0, 0
        deadline = time.monotonic() + SETTLE_SECONDS
        while total < POLLS_TO_SETTLE:
            assert time.monotonic() < deadline, f"{self.name}: fewer than {POLLS_TO_SETTLE} successful polls in {SETTLE_SECONDS} s"
            with self.lock:
                assert self.exporter.is_running, f"{self.name}: {self.exporter.process.returncode}: {self.exporter.log[-3000:]}"
                good = self.exporter.good_polls
                if run != self.started:
                    run, base, total = self.started, good, 0
                total = good - base
            time.sleep(0.1)


class Trouble:
    """Runs disturbances, each kind in its own thread. The first failure ends the soak."""

    def __init__(self, seed):
        self.over = threading.Event()
        self.closed = threading.Event()
        self.failure = None
        self.counts = collections.Counter()
        self.seed = seed
        self.ended = []

    def every(self, seconds, what, action):
        """Repeats the action, at intervals of `seconds` on average."""
        chance, ended = random.Random(f"{self.seed} {what}"), threading.Event()
        self.ended.append(ended)

        def run():
            while not self.over.wait(seconds * chance.uniform(0.5, 1.5)):
                try:
                    action(chance)
                    self.counts[what] += 1
                except Exception as error:  # pylint: disable=broad-except
                    self.failure = self.failure or f"{what}: {error!r}"
                    self.over.set()
            ended.set()
            # Keep the thread alive: the kernel kills a process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
            self.closed.wait()

        threading.Thread(target=run, daemon=True).start()

    def end(self):
        """Stops all disturbances and waits until their current actions end."""
        self.over.set()
        for ended in self.ended:
            assert ended.wait(SETTLE_SECONDS)


class PlantedAnomalies:
    """The anomalies that were planted in the simulator, and the number of events expected for each object and reason."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.unrepaired = []
        self.expected_events = collections.Counter()

    def plant(self, reason):
        planted = self.simulator.control("POST", f"anomaly?reason={reason}")
        self.unrepaired.append(planted)
        self._expect("anomaly-detected", planted)

    def repair(self):
        planted = self.unrepaired.pop(0)
        self.simulator.control("DELETE", f"anomaly?id={planted['globalId']}")
        self._expect("anomaly-resolved", planted)

    def _expect(self, event, planted):
        for identifier in planted["affected"]:
            self.expected_events[event, planted["reason"], identifier] += 1


def attempt(action, *arguments, seconds=30):
    """Retries the action while the simulator refuses connections, as one of its faults makes it do."""
    def applied():
        try:
            action(*arguments)
            return True
        except OSError:
            return False
    wait_for("the simulator listens again", applied, seconds)


def begin_trouble(trouble, simulator, steady, killed):
    def fault(chance):
        kind, parameters = chance.choice(FAULTS)
        attempt(lambda: simulator.fault(
            kind, call=chance.choice(CALLS), seconds=chance.choice([1, 1, 2, 3]), **parameters))

    def clients(chance):
        site = chance.choice([steady, killed])
        try:
            with attacked(site.exporter, chance.choice(ATTACKS), CLIENTS):
                trouble.over.wait(chance.uniform(0, 2))
        except OSError:
            # While the exporter `killed` restarts, it does not listen. A connection error of `steady` is a failure.
            assert site is killed or trouble.over.is_set()

    trouble.every(4, "faults", fault)
    trouble.every(1, "clients", clients)
    trouble.every(7, "reloads of the one", lambda _: steady.reload())
    trouble.every(9, "reloads of the other", lambda _: killed.reload())
    trouble.every(20, "kills", lambda _: killed.kill())
    trouble.every(0.5, "health checks", lambda _: steady.check())


class Footprint:
    """Measurements of the memory and the descriptors of the steady exporter."""

    def __init__(self, exporter):
        self.exporter, self.began = exporter, time.monotonic()
        self.memory = []
        self.descriptors = 0

    def look(self):
        self.memory.append((time.monotonic() - self.began, self.exporter.status("VmRSS")))
        self.descriptors = max(self.descriptors, self.exporter.descriptors)

    def sizes(self, since, until):
        return [size for at, size in self.memory if since <= at <= until]


def run(planted_anomalies, trouble, footprint, sites, seconds):
    """Plants and repairs a few anomalies at a time until `seconds` have passed."""
    chance = random.Random(trouble.seed)
    deadline = time.monotonic() + seconds
    rounds, waiting = 0, []
    trouble.every(1, "measurements", lambda _: footprint.look())
    while time.monotonic() < deadline and not trouble.over.is_set():
        for _ in range(chance.randint(1, 4)):
            if not waiting:
                waiting = random.Random(chance.random()).sample(REASONS, len(REASONS))
            attempt(planted_anomalies.plant, waiting.pop())
        while len(planted_anomalies.unrepaired) > 8:
            attempt(planted_anomalies.repair)
        for site in sites:
            site.settle()
        rounds += 1
        if rounds % 5 == 0:
            print(f"{time.monotonic() - footprint.began:6.0f} s: {sum(planted_anomalies.expected_events.values())} changes, "
                  f"{footprint.memory[-1][1] / MEBIBYTE:.1f} MiB, {dict(trouble.counts)}", flush=True)


def check_events(site, planted_anomalies):
    """Checks that no event is missing or repeated, and that failures and recoveries alternate."""
    site.exporter.stop()
    entries = journal_entries(site.runs, site.began, expected=1)
    assert {int(entry["_PID"]) for entry in entries} <= set(site.runs)
    logged = collections.Counter(
        (entry["STORPOOL_PVE_EVENT"], entry["ANOMALY_REASON"], entry["STORPOOL_GLOBAL_ID"])
        for entry in entries if "ANOMALY_REASON" in entry)
    lost, twice = planted_anomalies.expected_events - logged, logged - planted_anomalies.expected_events
    assert not lost and not twice, f"{site.name}: missing events {dict(lost)}, repeated events {dict(twice)}"
    for pid in site.runs:
        polls = [entry["STORPOOL_PVE_EVENT"] for entry in entries
                 if entry["_PID"] == str(pid) and entry["STORPOOL_PVE_EVENT"].startswith("poll-")]
        expected = ["poll-failed", "poll-recovered"] * (len(polls) // 2 + 1)
        assert polls == expected[:len(polls)], f"{site.name}: {polls}"
    others = {entry["STORPOOL_PVE_EVENT"] for entry in entries} - {
        "anomaly-detected", "anomaly-resolved", "poll-failed", "poll-recovered"}
    assert not others, others
    return len(entries)


def soak(seconds, seed, objects):
    ensure_journal()
    with tempfile.TemporaryDirectory(prefix="storpool-pve-soak-") as folder, \
            Simulator("--no-anomalies", "--churn", "20/s", "--seed", seed, objects=objects) as simulator:
        planted_anomalies, trouble = PlantedAnomalies(simulator), Trouble(seed)
        steady, killed = Site("steady", simulator, folder), Site("killed", simulator, folder)
        sites = [steady, killed]
        with steady.exporter:
            for site in sites:
                site.settle()
            descriptors = steady.exporter.descriptors
            footprint = Footprint(steady.exporter)
            footprint.look()
            begin_trouble(trouble, simulator, steady, killed)
            run(planted_anomalies, trouble, footprint, sites, seconds)
            trouble.end()
            assert trouble.failure is None, trouble.failure
            attempt(simulator.clear_faults)
            while planted_anomalies.unrepaired:
                attempt(planted_anomalies.repair)
            for site in sites:
                site.settle()
            # A running poll may have up to two connections.
            wait_for(f"at most {descriptors + 2} open descriptors", lambda: steady.exporter.descriptors <= descriptors + 2)
            assert steady.exporter.metric("storpool_pve_journal_failures_total") == 0
            polls = steady.exporter.metric("storpool_pve_polls_total")
            failed = steady.exporter.metric("storpool_pve_poll_failures_total")
            warm = min(600, seconds / 3)
            half = (warm + seconds) / 2
            parts = [footprint.sizes(warm, half), footprint.sizes(half, seconds * 2)]
            # A leak raises the median. The peaks come from old pages that slow readers keep in memory.
            (middle, end), peaks = [[part(sizes) / MEBIBYTE for sizes in parts] for part in (statistics.median, max)]
            print(f"memory {middle:.1f} MiB (median; at most {peaks[0]:.1f}) from {warm:.0f} s on, then {end:.1f} MiB "
                  f"(at most {peaks[1]:.1f}); descriptors {descriptors} at rest, at most {footprint.descriptors}")
            assert end <= middle * 1.03 + 0.5, "memory grows"
            assert peaks[1] <= peaks[0] + PEAK_ALLOWANCE, "peaks grow"
            events = [check_events(site, planted_anomalies) for site in sites]
        killed.exporter.kill()
        changes = sum(planted_anomalies.expected_events.values())
        print(f"{seconds} s: {polls:.0f} polls of which {failed:.0f} failed, {changes} changes of anomalies, "
              f"{events[0]} and {events[1]} events in the journal, none missing or repeated; {dict(trouble.counts)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--objects", type=int, default=20_000)
    arguments = parser.parse_args()
    soak(arguments.seconds, arguments.seed, arguments.objects)


if __name__ == "__main__":
    main()
