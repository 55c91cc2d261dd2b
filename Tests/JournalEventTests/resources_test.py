"""The disk, the descriptors or the memory run out, the journal restarts, or the clock jumps."""

import contextlib
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

import pytest

from testkit.journal import HIDDEN, OwnJournal, entries, journal_entries, summary
from testkit.pages import Page
from testkit.processes import SECONDS, Simulator, free_port, wait_for, watching
from testkit.scripted_api import serving_objects

MEBIBYTE = 1 << 20
ONCE = 'storpool_pve_journal_events_total{event="anomaly-detected"}'


def detected(planted):
    return sorted(("anomaly-detected", planted["reason"], name) for name in planted["affected"])


def mounted(folder, options):
    """Wrapper that mounts a tmpfs on the folder. Only the exporter sees it."""
    return ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs -o {options} none {folder} && exec "$@"', "sh"]


def inside(running, path):
    """The path as the exporter sees it (proc(5), /proc/PID/root)."""
    return pathlib.Path(f"/proc/{running.pid}/root") / path.relative_to("/")


def fill(folder):
    """Fills the file system of the folder and returns the file that takes the space."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
    return filler


def failed_writes(running):
    return running.log.count("cannot store the state")


def test_a_full_disk_is_logged_and_the_state_is_saved_later(healthy, state):
    with watching(healthy, wrapper=mounted(state, "size=64k"), STATE_DIRECTORY=str(state)) as running:
        folder = inside(running, state)
        kept = healthy.plant("stray-tag")
        running.poll()
        before = (folder / "anomalies.json").read_bytes()
        filler = fill(folder)
        planted = healthy.plant("missing-tag")
        running.polls(2)
        assert running.value("storpool_pve_up") == 1
        assert summary(entries(running)) == sorted(detected(kept) + detected(planted)), "logged once, written or not"
        assert failed_writes(running) >= 2 and "ENOSPC" in running.log
        assert (folder / "anomalies.json").read_bytes() == before, "the old state is there"
        filler.unlink()
        running.poll()
        wait_for("the state is written", lambda: planted["globalId"].encode() in (folder / "anomalies.json").read_bytes())
        said = failed_writes(running)
        running.polls(2)
        assert failed_writes(running) == said


def test_a_disk_that_stays_full_loses_no_event(healthy, state):
    """If the state cannot be written after an event, a restart logs the event again."""
    with watching(healthy, wrapper=mounted(state, "size=64k"), STATE_DIRECTORY=str(state)) as running:
        fill(inside(running, state))
        planted = healthy.plant("stray-tag")
        running.poll()
        assert summary(entries(running)) == detected(planted)
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert summary(entries(running)) == detected(planted)


@pytest.mark.parametrize("place, reason", [("read-only", "EROFS"), ("missing", "ENOENT"), ("a file", "ENOTDIR")])
def test_events_are_logged_if_the_state_cannot_be_written(healthy, state, place, reason):
    wrapper = mounted(state, "ro") if place == "read-only" else ()
    if place != "read-only":
        state.rmdir()
    if place == "a file":
        state.write_text("")
    planted = healthy.plant("stray-tag")
    with watching(healthy, wrapper=wrapper, STATE_DIRECTORY=str(state)) as running:
        running.poll()
        assert running.value("storpool_pve_up") == 1
        assert summary(entries(running)) == detected(planted)
        assert reason in running.log and str(state) in running.log


def test_the_state_is_written_once_its_directory_is_restored(healthy, state):
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        state.rename(state.with_name("elsewhere"))
        planted = healthy.plant("stray-tag")
        running.poll()
        wait_for("the log line", lambda: failed_writes(running))
        assert running.value("storpool_pve_up") == 1
        state.mkdir()
        running.poll()
        wait_for("the state is written", (state / "anomalies.json").exists)
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert entries(running) == [], f"{planted} is known"


def disk(number, **tags):
    """A disk on a storage of its own, sp<number>."""
    tags = {"virt": "pve", "pve-loc": "prod", "pve": f"sp{number}", "pve-type": "images", "pve-vm": str(100 + number),
            "pve-disk": "0"} | tags
    return {"name": f"~a.b.{number}", "globalId": f"a.b.{number}", "size": 512, "creationTimestamp": 1700000000, "tags": tags}


@pytest.mark.parametrize("pause", [0.1, 0.3, 0.6, 1, 1.5])
def test_a_stop_stores_only_anomalies_that_were_logged(state, pause):
    """The pauses end in different phases of a poll. With many storages, rendering the page takes a long time."""
    storages = 3_000
    disks = [disk(0, **{"pve-base": "x"})] + [disk(number) for number in range(1, storages)]
    state.rmdir()
    with serving_objects(disks) as api, watching(
            api, "--events.max-per-poll", str(2 * storages), wrapper=HIDDEN, STATE_DIRECTORY=str(state)) as running:
        wait_for("a failed write of the state", lambda: failed_writes(running))
        state.mkdir()
        disks[:] = [disk(number, **{"pve-base": "x"}) for number in range(storages)]
        running.send(signal.SIGHUP)
        time.sleep(pause)
        assert running.stop() == 0
        logged = running.log.count("STORPOOL_PVE_EVENT=anomaly-detected")
    assert len(json.loads((state / "anomalies.json").read_text())["known"]) == logged


@contextlib.contextmanager
def as_unit(name):
    """Wrapper that puts a process into the control group of a unit, because journald limits rates per unit."""
    root = next(path for path in map(pathlib.Path, ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"))
                if (path / "cgroup.procs").exists())
    group = root / "system.slice" / name
    group.mkdir(parents=True)
    try:
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
    finally:
        wait_for("the group is empty", lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_a_rate_limit_of_the_journal_delays_nothing():
    """The exporter does not know which entries journald drops, so it must not wait or send them again."""
    burst, count = 5, 300
    limits = ("RateLimitIntervalSec=10min", f"RateLimitBurst={burst}")
    with OwnJournal(*limits) as journal, as_unit(f"storpool-pve-tests-{os.getpid()}.service") as unit, Simulator(
            "--no-anomalies", objects=600) as cluster:
        for _ in range(count):
            cluster.plant("stray-tag")
        with watching(cluster, "--events.max-per-poll", "1000", wrapper=[*unit, *journal.wrapper]) as running:
            wait_for("all are sent", lambda: running.value(ONCE) == count)
            running.polls(2)
            assert running.value("storpool_pve_up") == 1
            assert running.value(ONCE) == count, "none is sent again"
            assert running.value("storpool_pve_journal_failures_total") == 0
            # journald stores more than RateLimitBurst= entries if much disk space is free (journald.conf(5)).
            assert burst <= len(journal.entries(running.pid)) < count
            assert len(running.values("storpool_pve_anomaly_info")) == count, "the page has them all"


def test_restarts_of_the_journal_lose_no_event(healthy, own_journal):
    with watching(healthy, wrapper=own_journal.wrapper) as running:
        for count in range(1, 5):
            healthy.plant("stray-tag")
            running.poll()
            # Wait until the journal has read all entries. Without a service manager that keeps the socket open, entries that are
            # still in the socket are lost when the journal ends.
            wait_for("an entry", lambda count=count: len(own_journal.entries(running.pid)) == count)
            own_journal.stop()
            own_journal.start()
        assert running.value("storpool_pve_journal_failures_total") == 0


# Clock steps.

FAKETIME = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
HOUR = 3600
YEAR = 365 * 24 * HOUR


class Clock:
    """A wall clock that only the exporter sees (faketime(1)). libfaketime reads the offset from a file."""

    def __init__(self, folder):
        assert FAKETIME, "libfaketime is not installed"
        self.file = folder / "clock"
        self.set(0)
        timers = folder / "real-timers.so"
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-o", timers, pathlib.Path(__file__).with_name("real_timers.c")], check=True)
        # A shell loads libfaketime before the exporter does, so that the variables that libfaketime adds are already in the
        # environment of the exporter. libfaketime needs /dev/shm for its files.
        self.wrapper = [
            *mounted("/dev/shm", "size=1m"), "env", f"LD_PRELOAD={timers}:{FAKETIME}", f"FAKETIME_TIMESTAMP_FILE={self.file}", "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "sh", "-c", 'exec "$@"', "sh"]

    def set(self, seconds):
        # Replace the file by a rename, because libfaketime may read it at any moment.
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.file)


@pytest.mark.parametrize("step", [-HOUR, HOUR, -20 * YEAR, 20 * YEAR], ids=["hour-back", "hour-on", "years-back", "years-on"])
def test_a_clock_step_affects_neither_polls_nor_events(healthy, tmp_path, step):
    clock = Clock(tmp_path)
    planted = healthy.plant("stray-tag")
    success = "storpool_pve_last_success_timestamp_seconds"
    with watching(
            healthy, "--poll.stale-after", "10s", interval="1s", space="1s", wrapper=clock.wrapper,
            STATE_DIRECTORY=str(tmp_path)) as running:
        assert summary(entries(running)) == detected(planted)
        objects, ages = running.values("storpool_pve_objects"), running.values("storpool_pve_oldest_snapshot_timestamp_seconds")
        clock.set(step)
        now = time.time() + step
        page = running.wait_for(lambda page: abs(page.metric(success) - now) < SECONDS, "the last success follows the clock")
        polls = page.metric("storpool_pve_polls_total")
        page = running.wait_for(lambda page: page.metric("storpool_pve_polls_total") >= polls + 2, "polls go on in their interval")
        assert page.metric("storpool_pve_up") == 1 and running.get("/-/ready")[0] == 200
        assert page.metric("storpool_pve_poll_failures_total") == 0
        assert running.values("storpool_pve_objects") == objects
        assert running.values("storpool_pve_oldest_snapshot_timestamp_seconds") == ages
        clock.set(0)
        running.wait_for(lambda page: abs(page.metric(success) - time.time()) < SECONDS, "the last success follows the clock back")
        assert summary(entries(running)) == detected(planted), "nothing was logged again"


def test_a_clock_step_does_not_make_data_stale(healthy, tmp_path):
    """The exporter does not use the wall clock to measure the age of the data."""
    clock = Clock(tmp_path)
    with watching(healthy, "--poll.stale-after", "30m", interval="1s", wrapper=clock.wrapper) as running:
        healthy.fault("status")
        running.wait_for(lambda page: page.metric("storpool_pve_up") == 0, "a failure")
        clock.set(HOUR)
        failures = running.metrics().metric("storpool_pve_poll_failures_total")
        running.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total") > failures, "another failure")
        assert running.values("storpool_pve_objects") and running.get("/-/ready")[0] == 200


# Limits of descriptors and memory.

@contextlib.contextmanager
def accepts(running, folder):
    """Yields a function that returns how often the exporter has called accept4(2) in this block so far."""
    trace = folder / "trace"
    with subprocess.Popen(
            ["strace", "--trace=accept4", f"--output={trace}", f"--attach={running.pid}"],
            stderr=subprocess.PIPE, text=True) as tracer:
        assert "attached" in tracer.stderr.readline()
        try:
            yield lambda: trace.read_text(encoding="utf-8").count("accept4(")
        finally:
            tracer.send_signal(signal.SIGINT)


def test_serve_does_not_spin_when_descriptors_run_out(healthy, tmp_path):
    limit, clients = 24, 60
    with watching(healthy, interval="1s", wrapper=["prlimit", f"--nofile={limit}:{limit}"]) as running:
        before = running.descriptors
        with contextlib.ExitStack() as stack:
            for _ in range(clients):
                stack.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=SECONDS))
            polls = running.value("storpool_pve_polls_total")
            with accepts(running, tmp_path) as count:
                running.wait_for(lambda page: page.metric("storpool_pve_polls_total") >= polls + 2, "polls are tried")
            assert running.get("/-/healthy")[0] == 200
            assert running.descriptors <= limit
            # While the calls were counted, the test requested the page many times. Each request needs an accept4(2).
            assert count() < 1000, "it spins"
        polls = running.value("storpool_pve_polls_total")
        page = running.wait_for(lambda page: page.metric("storpool_pve_polls_total") > polls + 1, "polls after them")
        assert page.metric("storpool_pve_up") == 1
        wait_for("the descriptors are closed", lambda: running.descriptors <= before + 2)


def test_a_poll_without_free_descriptors_has_cause_resources(healthy):
    with watching(healthy, "--log.level", "debug", interval="1s") as running:
        client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=SECONDS)

        def page():
            client.request("GET", "/metrics")
            return Page(client.getresponse().read().decode())

        page()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        wait_for("a failure", lambda: page().metric("storpool_pve_poll_failures_total", cause="resources"))
        assert page().metric("storpool_pve_poll_failures_total", cause="connect") == 0
        assert "Too many open files (EMFILE)" in running.log
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, limits)
        running.wait_until_up()


@contextlib.contextmanager
def memory_limit(size):
    """Wrapper that limits memory with a control group (version 1 or 2). If this fails, it limits the address space."""
    old = pathlib.Path("/sys/fs/cgroup/memory")
    root, file, swap = (old, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if old.is_dir() else (
        pathlib.Path("/sys/fs/cgroup"), "memory.max", "memory.swap.max")
    group = root / f"storpool-pve-tests-{os.getpid()}"
    try:
        group.mkdir()
        (group / file).write_text(str(size))
        # Forbid swap, which would only move memory to disk. Kernels without swap accounting do not have this file.
        if (group / swap).exists():
            (group / swap).write_text(str(size) if old.is_dir() else "0")
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield ["prlimit", f"--as={size * 4}"]
        return
    try:
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
    finally:
        wait_for("the group is empty", lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_an_out_of_memory_kill_repeats_no_event(state):
    """A poll exceeds the memory limit, and the kernel kills the exporter. Its events and its state agree."""
    port, pids, began = free_port(), [], time.time()
    with memory_limit(16 * MEBIBYTE) as wrapper:
        with Simulator("--no-anomalies", port=port) as cluster:
            planted = cluster.plant("stray-tag")
            with watching(cluster.url, interval="1s", wrapper=wrapper, STATE_DIRECTORY=str(state)) as running:
                assert summary(entries(running)) == detected(planted)
                pids.append(running.pid)
                cluster.stop()
                with Simulator("--no-anomalies", objects=80_000, port=port):
                    assert running.wait() < 0, "killed"
        with Simulator("--no-anomalies", port=port) as cluster:
            assert cluster.plant("stray-tag") == planted
            with watching(cluster, wrapper=wrapper, STATE_DIRECTORY=str(state)) as running:
                pids.append(running.pid)
                running.polls(2)
                assert running.value("storpool_pve_up") == 1
    of_planted = [entry["STORPOOL_PVE_EVENT"] for entry in journal_entries(pids, since=began, expected=1)
                  if entry.get("STORPOOL_GLOBAL_ID") == planted["globalId"]]
    # The large cluster does not have the object. The exporter logs the resolution only if it is killed late enough.
    known, gone = "anomaly-detected", "anomaly-resolved"
    assert of_planted in ([known], [known, gone, known])


def test_a_large_reply_is_refused_within_the_memory_limit():
    """--storpool.max-response-bytes keeps memory below the limit."""
    with memory_limit(32 * MEBIBYTE) as wrapper, Simulator("--no-anomalies", objects=80_000) as cluster:
        with watching(cluster, "--storpool.max-response-bytes", MEBIBYTE, interval="1s", wrapper=wrapper) as running:
            page = running.wait_for(
                lambda page: page.metric("storpool_pve_poll_failures_total", cause="too-large") >= 3, "three failures")
            assert page.metric("storpool_pve_up") == 0 and running.is_running
