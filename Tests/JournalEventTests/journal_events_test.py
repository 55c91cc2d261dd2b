"""Events in a real systemd-journald, read by journalctl."""

import pathlib
import re
import signal
import subprocess
import time

import pytest

from testkit.journal import HIDDEN, entries, summary
from testkit.processes import SECONDS, wait_for, watching
from testkit.scripted_api import serving_objects

MESSAGE_IDS = {
    "anomaly-detected": "5daed8a0fb5a45d9bb2e418a1d8271c4",
    "anomaly-resolved": "1a74dee9737144fc9cbdb79f402fc1aa",
    "anomalies-suppressed": "43b315bc18b74b7895908d484ff59f40",
    "poll-failed": "d6ea47c4ce7146a982a269865fa34072",
    "poll-recovered": "582e2ee048de432ea647bbfd7c8d7557",
}
SEVERITIES = {
    "named-volume": "error", "wrong-kind": "error", "unexpected-tag": "error", "missing-tag": "error",
    "content-type": "error", "undecodable-name": "warning", "invisible": "warning", "scheduled-deletion": "warning",
    "unfindable-cloudinit": "warning", "duplicate-cloudinit": "warning", "duplicate-snapshot": "warning",
    "orphan-snapshot": "warning", "storage-mismatch": "warning", "base-and-disk": "warning",
    "owner-mismatch": "warning", "duplicate-disk": "notice", "vmid-range": "notice", "stray-tag": "notice",
    "odd-boolean": "notice",
}
COMPARING = {
    "duplicate-cloudinit", "duplicate-snapshot", "orphan-snapshot", "storage-mismatch", "base-and-disk",
    "owner-mismatch", "duplicate-disk",
}
PRIORITIES = {"error": "3", "warning": "4", "notice": "5"}
ANOMALY_FIELDS = {
    "STORPOOL_GLOBAL_ID", "STORPOOL_NAME", "STORPOOL_KIND", "PVE_OBJECT_TYPE", "PVE_VOLUME", "PVE_CLUSTER",
    "PVE_STORAGE", "PVE_VMID", "ANOMALY_REASON", "ANOMALY_SEVERITY", "ANOMALY_DETAIL",
}
COMMON_FIELDS = {"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "MESSAGE_ID", "STORPOOL_PVE_EVENT"}


@pytest.mark.parametrize("reason", SEVERITIES)
def test_detection_and_resolution_of_each_anomaly_are_logged(healthy, reason):
    with watching(healthy) as running:
        assert entries(running) == []
        planted = healthy.plant(reason)
        running.poll()
        if reason in COMPARING:
            assert entries(running) == [], "one poll is not enough to compare objects"
            running.poll()
        detected = entries(running)
        assert summary(detected) == sorted(("anomaly-detected", reason, name) for name in planted["affected"])
        entry = next(entry for entry in detected if entry["STORPOOL_GLOBAL_ID"] == planted["globalId"])
        row = next(row for row in running.rows() if row["global_id"] == planted["globalId"])
        detail = next(anomaly["detail"] for anomaly in row["anomalies"] if anomaly["reason"] == reason)
        assert set(entry) == COMMON_FIELDS | ANOMALY_FIELDS
        assert reason in entry["MESSAGE"] and detail in entry["MESSAGE"]
        del entry["MESSAGE"]
        assert entry == {
            "PRIORITY": PRIORITIES[SEVERITIES[reason]], "SYSLOG_IDENTIFIER": "storpool-pve-exporter",
            "MESSAGE_ID": MESSAGE_IDS["anomaly-detected"], "STORPOOL_PVE_EVENT": "anomaly-detected",
            "STORPOOL_GLOBAL_ID": row["global_id"], "STORPOOL_NAME": row["storpool_name"],
            "STORPOOL_KIND": row["kind"], "PVE_OBJECT_TYPE": row["object_type"] or "",
            "PVE_VOLUME": row["volume_name"] or "", "PVE_CLUSTER": row["pve_cluster"] or "",
            "PVE_STORAGE": row["storage"] or "", "PVE_VMID": row["vmid"] or "",
            "ANOMALY_REASON": reason, "ANOMALY_SEVERITY": SEVERITIES[reason], "ANOMALY_DETAIL": detail,
        }
        running.polls(2)
        assert entries(running)[len(detected):] == [], "logged once"
        healthy.repair(planted)
        running.poll()
        resolved = entries(running)[len(detected):]
        assert summary(resolved) == sorted(("anomaly-resolved", reason, name) for name in planted["affected"])
        for entry in resolved:
            assert set(entry) == COMMON_FIELDS | ANOMALY_FIELDS
            assert (entry["PRIORITY"], entry["MESSAGE_ID"]) == ("6", MESSAGE_IDS["anomaly-resolved"])
            assert entry["ANOMALY_SEVERITY"] == SEVERITIES[reason]


def test_events_over_the_limit_are_counted_by_reason(healthy):
    with watching(healthy, "--events.max-per-poll", "2") as running:
        planted = [healthy.plant(reason) for reason in ["stray-tag"] * 3 + ["invisible"] * 2 + ["named-volume"]]
        running.poll()
        *single, suppressed = entries(running)
        assert [entry["ANOMALY_REASON"] for entry in single] == ["named-volume", "invisible"], "worst first"
        assert set(suppressed) == COMMON_FIELDS | {"STORPOOL_PVE_SUPPRESSED"}
        assert (suppressed["STORPOOL_PVE_EVENT"], suppressed["PRIORITY"], suppressed["STORPOOL_PVE_SUPPRESSED"]) == (
            "anomalies-suppressed", "4", "4")
        assert suppressed["MESSAGE_ID"] == MESSAGE_IDS["anomalies-suppressed"]
        assert "detected: 3 stray-tag, 1 invisible" in suppressed["MESSAGE"]
        running.poll()
        assert len(entries(running)) == 3, "what was suppressed counts as known"
        for plant in planted[:5]:
            healthy.repair(plant)
        healthy.plant("vmid-range")
        running.poll()
        detected, resolved, suppressed = entries(running)[3:]
        assert (detected["STORPOOL_PVE_EVENT"], detected["ANOMALY_REASON"]) == ("anomaly-detected", "vmid-range")
        assert (resolved["STORPOOL_PVE_EVENT"], resolved["ANOMALY_REASON"]) == ("anomaly-resolved", "invisible")
        assert suppressed["STORPOOL_PVE_SUPPRESSED"] == "4"
        assert "resolved: 3 stray-tag, 1 invisible" in suppressed["MESSAGE"]
        assert running.values("storpool_pve_journal_events_total") == {
            'event="anomaly-detected"': 3, 'event="anomaly-resolved"': 1, 'event="anomalies-suppressed"': 2,
            'event="poll-failed"': 0, 'event="poll-recovered"': 0}


def test_an_event_limit_of_zero_suppresses_every_anomaly_event(healthy):
    with watching(healthy, "--events.max-per-poll", "0") as running:
        healthy.plant("invisible")
        running.poll()
        assert [entry["STORPOOL_PVE_EVENT"] for entry in entries(running)] == ["anomalies-suppressed"]


FAULTS = {
    "kind=status&status=500": "api", "kind=html": "http", "kind=garbage": "http", "kind=truncate&at=100": "http",
    "kind=malformed": "parse", "kind=no-data": "parse", "kind=error": "api", "kind=reset&at=0": "http", "kind=reset": "http",
}


@pytest.mark.parametrize("fault, cause", FAULTS.items())
def test_the_start_and_end_of_an_outage_are_logged_once(healthy, fault, cause):
    with watching(healthy) as running:
        healthy.control("POST", f"fault?{fault}&call=SnapshotsList")
        running.polls(3)
        assert running.value("storpool_pve_up") == 0
        assert running.value(f'storpool_pve_poll_failures_total{{cause="{cause}"}}') >= 3
        failed, = entries(running)
        assert set(failed) == COMMON_FIELDS | {"STORPOOL_PVE_CAUSE"}
        assert (failed["STORPOOL_PVE_EVENT"], failed["PRIORITY"], failed["STORPOOL_PVE_CAUSE"]) == (
            "poll-failed", "3", cause)
        assert failed["MESSAGE_ID"] == MESSAGE_IDS["poll-failed"]
        assert "SnapshotsList" in failed["MESSAGE"]
        healthy.control("DELETE", "fault")
        running.polls(2)
        failures = sum(running.values("storpool_pve_poll_failures_total").values())
        assert running.value("storpool_pve_up") == 1
        _, recovered = entries(running)
        assert set(recovered) == COMMON_FIELDS | {"STORPOOL_PVE_FAILED_POLLS"}
        assert (recovered["STORPOOL_PVE_EVENT"], recovered["PRIORITY"]) == ("poll-recovered", "5")
        assert recovered["MESSAGE_ID"] == MESSAGE_IDS["poll-recovered"]
        assert recovered["STORPOOL_PVE_FAILED_POLLS"] == str(int(failures))
        assert re.search(rf"after \d+\S*s and {int(failures)} failed polls", recovered["MESSAGE"])
        healthy.control("POST", f"fault?{fault}&call=VolumesList")
        running.poll()
        assert summary(entries(running)[2:]) == [("poll-failed", None, None)], "a new outage is a new event"


def test_an_outage_resolves_no_anomaly(healthy):
    healthy.plant("invisible")
    with watching(healthy) as running:
        healthy.control("POST", "fault?kind=status")
        running.polls(2)
        healthy.control("DELETE", "fault")
        running.poll()
        assert [entry["STORPOOL_PVE_EVENT"] for entry in entries(running)] == [
            "anomaly-detected", "poll-failed", "poll-recovered"]


def first_seen(running):
    """The time at which each anomaly was first seen, by (global id, reason)."""
    series = running.values("storpool_pve_anomaly_first_seen_timestamp_seconds")
    return {(re.search('global_id="([^"]*)"', labels)[1], re.search('reason="([^"]*)"', labels)[1]): value
            for labels, value in series.items()}


def test_a_restart_neither_repeats_nor_loses_events(healthy, state):
    kept, repaired = healthy.plant("stray-tag"), healthy.plant("vmid-range")
    compared, lost = healthy.plant("duplicate-disk"), healthy.plant("orphan-snapshot")
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        running.poll()
        assert len(entries(running)) == sum(len(plant["affected"]) for plant in (kept, repaired, compared, lost))
        seen = first_seen(running)
    second = max(seen.values())
    for plant in (repaired, lost):
        healthy.repair(plant)
    added = healthy.plant("missing-tag")
    wait_for("another second has begun", lambda: wall_clock() > second)
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        expected = sorted(
            [("anomaly-resolved", plant["reason"], name) for plant in (repaired, lost) for name in plant["affected"]]
            + [("anomaly-detected", "missing-tag", name) for name in added["affected"]])
        assert summary(entries(running)) == expected
        now = first_seen(running)
        for plant in (kept, compared):
            for name in plant["affected"]:
                assert now[name, plant["reason"]] == seen[name, plant["reason"]]
        assert now[added["globalId"], "missing-tag"] > second
        running.polls(2)
        assert summary(entries(running)) == expected
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        running.poll()
        assert entries(running) == []
        assert first_seen(running) == now


def wall_clock():
    return int(time.time())


def test_a_killed_exporter_repeats_no_event(healthy, state):
    healthy.plant("stray-tag")
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert len(entries(running)) == 1
        running.stop(signal.SIGKILL)
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert entries(running) == []


def test_events_lost_by_a_kill_are_logged_by_the_next_run(healthy, own_journal, state):
    with watching(healthy, wrapper=own_journal.wrapper, STATE_DIRECTORY=str(state)) as running:
        own_journal.stop()
        planted = healthy.plant("stray-tag")
        running.poll()
        assert running.values("storpool_pve_anomaly_info"), "it is known"
        running.stop(signal.SIGKILL)
    own_journal.start()
    with watching(healthy, wrapper=own_journal.wrapper, STATE_DIRECTORY=str(state)) as running:
        found = wait_for("the event", lambda: own_journal.entries(running.pid))
        assert [entry["STORPOOL_GLOBAL_ID"] for entry in found] == [planted["globalId"]]
        wait_for("the state", (state / "anomalies.json").exists)
    with watching(healthy, wrapper=own_journal.wrapper, STATE_DIRECTORY=str(state)) as running:
        assert own_journal.entries(running.pid) == []


def test_a_restart_without_state_repeats_events(healthy):
    healthy.plant("stray-tag")
    for _ in range(2):
        with watching(healthy) as running:
            assert len(entries(running)) == 1


DAMAGES = {
    "empty": lambda text: b"",
    "truncated": lambda text: text[:len(text) // 2],
    "without its last byte but one": lambda text: text.rstrip()[:-1],
    "foreign JSON": lambda text: b'{"version": 1, "objects": []}\n',
    "foreign list": lambda text: b"[]",
    "text": lambda text: b"hello\n",
    "binary": lambda text: bytes(range(256)) * 16,
    "no UTF-8": lambda text: text.replace(b"stray-tag", b"stray-\xff\xfe\xfd"),
    "another version": lambda text: text.replace(b'"version":1', b'"version":2'),
    "doubled": lambda text: text + text,
    "negative time": lambda text: re.sub(rb'"first_seen":', b'"first_seen":-', text),
    "deep": lambda text: b"[" * 1_000_000,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_file_is_renamed_with_one_warning(healthy, state, damage):
    planted = healthy.plant("stray-tag")
    with watching(healthy, STATE_DIRECTORY=str(state)):
        pass
    file, = state.iterdir()
    damaged = DAMAGES[damage](file.read_bytes())
    assert damaged != file.read_bytes()
    file.write_bytes(damaged)
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        warnings = [line for line in running.log.splitlines() if "level=warn" in line or "level=error" in line]
        assert len(warnings) == 1 and str(file) in warnings[0], warnings
        assert summary(entries(running)) == [("anomaly-detected", "stray-tag", planted["globalId"])]
    aside, = (path for path in state.iterdir() if path != file)
    assert aside.read_bytes() == damaged
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert "level=warn" not in running.log
        assert entries(running) == []


def test_an_unknown_reason_in_the_state_is_skipped(healthy, state):
    planted = [healthy.plant(reason) for reason in ("stray-tag", "vmid-range")]
    with watching(healthy, STATE_DIRECTORY=str(state)):
        pass
    file, = state.iterdir()
    file.write_bytes(file.read_bytes().replace(b"stray-tag", b"solar-wind"))
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert "level=warn" not in running.log
        assert summary(entries(running)) == [("anomaly-detected", "stray-tag", planted[0]["globalId"])]


def test_a_second_process_does_not_touch_the_state(healthy, state):
    planted = healthy.plant("stray-tag")
    with watching(healthy, STATE_DIRECTORY=str(state)) as first:
        before = (state / "anomalies.json").read_bytes()
        with watching(healthy, STATE_DIRECTORY=str(state)) as second:
            assert f"another process uses the state directory {state}" in second.log
            assert summary(entries(second)) == [("anomaly-detected", "stray-tag", planted["globalId"])]
            healthy.plant("vmid-range")
            second.poll()
            assert len(entries(second)) == 2
            assert (state / "anomalies.json").read_bytes() == before
        first.poll()
        wait_for("the first one keeps its state", lambda: b"vmid-range" in (state / "anomalies.json").read_bytes())
        assert "another process" not in first.log
    with watching(healthy, STATE_DIRECTORY=str(state)) as third:
        assert entries(third) == [] and "another process" not in third.log


def test_events_are_logged_if_the_state_is_not_accessible(healthy, state, tmp_path):
    planted = healthy.plant("stray-tag")
    (state / "anomalies.json").mkdir()
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert summary(entries(running)) == [("anomaly-detected", "stray-tag", planted["globalId"])]
        assert running.value("storpool_pve_up") == 1
    with watching(healthy, STATE_DIRECTORY=str(tmp_path / "nowhere")) as running:
        assert running.value("storpool_pve_up") == 1
        assert "cannot store the state" in running.log


def test_an_accepted_reason_is_counted_but_not_logged(healthy, state):
    planted, other = healthy.plant("stray-tag"), healthy.plant("invisible")
    with watching(healthy, "--anomalies.ignore", "stray-tag", STATE_DIRECTORY=str(state)) as running:
        running.poll()
        assert summary(entries(running)) == [("anomaly-detected", "invisible", other["globalId"])]
        counts = running.values("storpool_pve_anomalies")
        assert sum(value for labels, value in counts.items() if 'reason="stray-tag"' in labels) == 1
        assert "stray-tag" not in str(running.values("storpool_pve_anomaly_info"))
        healthy.repair(planted)
        running.poll()
        assert len(entries(running)) == 1, "not logged when it is gone either"


def test_accepting_an_anomaly_does_not_resolve_it(healthy, state):
    healthy.plant("stray-tag")
    with watching(healthy, STATE_DIRECTORY=str(state)) as running:
        assert len(entries(running)) == 1
    with watching(healthy, "--anomalies.ignore", "stray-tag", STATE_DIRECTORY=str(state)) as running:
        running.poll()
        assert entries(running) == []


def test_without_a_journal_events_are_written_to_the_log(healthy):
    with watching(healthy, wrapper=HIDDEN) as running:
        planted = healthy.plant("missing-tag")
        running.polls(2)
        healthy.repair(planted)
        running.poll()
        healthy.control("POST", "fault?kind=status")
        running.polls(2)
        healthy.control("DELETE", "fault")
        running.poll()
        lines = [line for line in running.log.splitlines() if "STORPOOL_PVE_EVENT=" in line]
        names = [re.search(r"STORPOOL_PVE_EVENT=(\S+)", line)[1] for line in lines]
        assert sorted(names) == ["anomaly-detected", "anomaly-resolved", "poll-failed", "poll-recovered"]
        detected = lines[0]
        assert detected.startswith("<3>")
        for name in ANOMALY_FIELDS | COMMON_FIELDS - {"MESSAGE"}:
            assert f" {name}=" in detected
        assert f"STORPOOL_GLOBAL_ID={planted['globalId']} " in detected
        assert f"MESSAGE_ID={MESSAGE_IDS['anomaly-detected']} " in detected
        counted = running.values("storpool_pve_journal_events_total")
        assert counted == {
            'event="anomaly-detected"': 1, 'event="anomaly-resolved"': 1, 'event="anomalies-suppressed"': 0,
            'event="poll-failed"': 1, 'event="poll-recovered"': 1}
        assert running.value("storpool_pve_journal_failures_total") == 0


HOSTILE = [
    "104\nPRIORITY=0\nMESSAGE=spoof", 'a"b\\c', "\u202egnp.exe", "nul\0nul", "tab\tbell\a\x1b[31m", "ä€😀", "=", " ",
    "x" * 199,
]


def hostile_volume(number, value):
    identifier = f"nzkr.b.{number}"
    return {"name": value, "globalId": identifier, "size": 1 << 30, "creationTimestamp": 1_700_000_000,
            "tags": {"virt": "pve", "pve-loc": value, "pve": value, "pve-type": "images", "pve-vm": value,
                     "pve-disk": value}}


def journal_text(value):
    """The value of a field as a string. journalctl prints values with control characters as lists of bytes."""
    return value if isinstance(value, str) else bytes(value).decode()


RAW_TAGS = {"PVE_CLUSTER": "STORPOOL_TAG_PVE_LOC", "PVE_STORAGE": "STORPOOL_TAG_PVE", "PVE_VMID": "STORPOOL_TAG_PVE_VM"}


def test_hostile_tags_have_printable_and_raw_fields():
    volumes = [hostile_volume(number, value) for number, value in enumerate(HOSTILE)]
    with serving_objects(volumes=volumes) as url, watching(url) as running:
        found = entries(running)
        assert {entry["ANOMALY_REASON"] for entry in found} >= {"named-volume"}
        for entry in found:
            assert set(entry) - set(RAW_TAGS.values()) == COMMON_FIELDS | ANOMALY_FIELDS
            for name in set(entry) - set(RAW_TAGS.values()) - {"STORPOOL_NAME", "PVE_VOLUME"}:
                assert isinstance(entry[name], str) and entry[name].isprintable(), name
        seen = {journal_text(entry["STORPOOL_NAME"]) for entry in found}
        assert seen == set(HOSTILE)
        for entry in found:
            value = journal_text(entry["STORPOOL_NAME"])
            for name, raw in RAW_TAGS.items():
                assert (raw in entry) == (not value.isprintable())
                assert journal_text(entry.get(raw, entry[name])) == value


CATALOG = pathlib.Path(__file__).resolve().parents[2] / "packaging/storpool-pve-exporter.catalog"
WITH_CATALOG = [
    "unshare", "--mount", "sh", "-ec", """
    mount -t tmpfs none /usr/lib/systemd/catalog && cp "$1" /usr/lib/systemd/catalog/ && shift
    mount -t tmpfs none /var/lib/systemd/catalog && journalctl --update-catalog && exec "$@"
    """, "sh", CATALOG]


def journalctl(running, *flags, wrapper=()):
    """The output of journalctl for one exporter."""
    return subprocess.run(
        [*wrapper, "journalctl", "--quiet", "--no-pager", "--boot", f"--since=@{int(running.started)}",
         f"_PID={running.pid}", *flags],
        check=True, timeout=SECONDS, capture_output=True).stdout.decode()


def test_journalctl_prints_events_with_hostile_tags_as_text():
    """journalctl prints no message as `[12B blob data]`. Its output has no escape sequences and no forged lines."""
    volumes = [hostile_volume(number, value) for number, value in enumerate(HOSTILE)]
    with serving_objects(volumes=volumes) as url, watching(url) as running:
        count = len(entries(running))
    lines = journalctl(running).splitlines()
    assert len(lines) == count >= len(HOSTILE)
    assert not [line for line in lines if "blob data" in line or ": volume nzkr.b." not in line]
    explained = journalctl(running, "--catalog", wrapper=WITH_CATALOG)
    assert "Its storage, if a tag names one: 104\\u{A}PRIORITY=0" in explained
    assert not [char for char in explained if not char.isprintable() and char != "\n"]


def test_events_with_hostile_tags_are_escaped_in_the_log():
    volumes = [hostile_volume(number, value) for number, value in enumerate(HOSTILE)]
    with serving_objects(volumes=volumes) as url, watching(url, wrapper=HIDDEN) as running:
        count = running.value('storpool_pve_journal_events_total{event="anomaly-detected"}')
        lines = [line for line in running.log.splitlines() if "STORPOOL_PVE_EVENT=" in line]
        assert len(lines) == count >= len(HOSTILE)
        assert all(line.startswith("<3>volume nzkr.b.") for line in lines)
        assert "\x1b" not in running.log and "\a" not in running.log


# Tests that stop and start a separate journal.

def test_events_wait_until_the_journal_runs_again(healthy, own_journal):
    with watching(healthy, wrapper=own_journal.wrapper) as running:
        healthy.plant("stray-tag")
        running.poll()
        wait_for("the first event", lambda: len(own_journal.entries(running.pid)) == 1)
        own_journal.stop()
        healthy.plant("missing-tag")
        healthy.plant("invisible")
        running.polls(2)
        assert running.value("storpool_pve_up") == 1
        assert running.value('storpool_pve_journal_events_total{event="anomaly-detected"}') == 1
        own_journal.start()
        wait_for("the waiting events are logged", lambda: len(own_journal.entries(running.pid)) == 3)
        assert [entry["ANOMALY_REASON"] for entry in own_journal.entries(running.pid)] == ["stray-tag", "missing-tag", "invisible"]
        assert running.value('storpool_pve_journal_events_total{event="anomaly-detected"}') == 3
        assert running.value("storpool_pve_journal_failures_total") == 0


def test_a_suspended_journal_blocks_only_events(healthy, own_journal):
    with watching(healthy, "--events.max-per-poll", "1000", wrapper=own_journal.wrapper) as running:
        own_journal.process.send_signal(signal.SIGSTOP)
        try:
            planted = [healthy.plant("stray-tag") for _ in range(700)]
            running.polls(2)
            assert running.value("storpool_pve_up") == 1
            logged = running.value('storpool_pve_journal_events_total{event="anomaly-detected"}')
            assert logged < len(planted), "the journal's queue holds them all: put in more"
            assert running.get("/-/healthy")[0] == 200
        finally:
            own_journal.process.send_signal(signal.SIGCONT)
        wait_for("all events", lambda: running.value(
            'storpool_pve_journal_events_total{event="anomaly-detected"}') == len(planted))
        wait_for("all entries", lambda: len(own_journal.entries(running.pid)) == len(planted))


def test_events_beyond_the_queue_are_lost_and_counted(healthy, own_journal):
    with watching(healthy, "--events.max-per-poll", "500", wrapper=own_journal.wrapper) as running:
        own_journal.stop()
        for _ in range(3):
            for _ in range(500):
                healthy.plant("stray-tag")
            running.poll()
        # The queue has room for two polls.
        assert running.value("storpool_pve_journal_failures_total") == 500
        assert running.log.count("the journal accepts no events: further events are lost") == 1
        assert running.stop() == 0
        assert running.log.count("STORPOOL_PVE_EVENT=anomaly-detected") == 1000


def test_waiting_events_are_written_to_the_log_at_exit(healthy, own_journal):
    with watching(healthy, wrapper=own_journal.wrapper) as running:
        own_journal.stop()
        planted = healthy.plant("stray-tag")
        running.poll()
        assert running.value('storpool_pve_journal_events_total{event="anomaly-detected"}') == 0
        assert running.stop() == 0
        line, = (line for line in running.log.splitlines() if "STORPOOL_PVE_EVENT=" in line)
        assert f"STORPOOL_GLOBAL_ID={planted['globalId']} " in line
