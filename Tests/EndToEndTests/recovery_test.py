"""Every way in which the StorPool API can fail, against the real programs: the metric, the picture, the recovery."""

import os
import pathlib
import re
import time
import urllib.error
import urllib.request

import pytest

from cluster import SECONDS, Cluster, Exporter, exporter, simulator, wait_for

CAUSES = ["api", "connect", "http", "parse", "timeout", "too-large"]

# What the simulator does, the cause it must have, and flags that make it show at once.
FAULTS = {
    "nobody answers": ("refuse&seconds=6", "connect", []),
    "hangs": ("hang", "timeout", ["--storpool.timeout", "500ms"]),
    "stalls in the middle": ("stall", "timeout", ["--storpool.timeout", "500ms"]),
    "one byte a second": ("slow&rate=1", "timeout", ["--storpool.timeout", "500ms"]),
    "closes without a byte": ("close", "http", []),
    "resets midway": ("reset", "http", []),
    "resets before the first byte": ("reset&at=0", "http", []),
    "no HTTP": ("garbage", "http", []),
    "HTML with 503": ("html", "http", []),
    "HTML with 200": ("html&status=200", "parse", []),
    "HTML with 404": ("html&status=404", "http", []),
    "redirect": ("redirect", "http", []),
    "length that is no number": ("bad-length", "http", []),
    "longer than declared": ("wrong-length&delta=-1", "parse", []),
    "shorter than declared": ("wrong-length&delta=1", "http", []),
    "error at 200": ("error", "api", []),
    "error at 500": ("status&status=500", "api", []),
    "error at 404": ("status&status=404&name=objectDoesNotExist", "api", []),
    "transient error": ("transient", "api", []),
    "error that is a text": ("error-string", "api", []),
    "wrong token": ("bad-token", "api", []),
    "empty body": ("empty", "parse", []),
    "no data": ("no-data", "parse", []),
    "data is null": ("null-data", "parse", []),
    "data is no list": ("data-not-list", "parse", []),
    "malformed": ("malformed", "parse", []),
    "malformed at the first byte": ("malformed&at=0", "parse", []),
    "invalid UTF-8": ("invalid-utf8", "parse", []),
    "too deep": ("deep", "parse", []),
    "text after the end": ("trailing", "parse", []),
    "endless": ("endless", "too-large", ["--storpool.max-response-bytes", "2MiB"]),
} | {f"cut at byte {at}": (f"truncate&at={at}", "http", []) for at in (1, 2, 17, 100, 1000, 5000)}


@pytest.fixture(name="cluster", scope="module")
def fixture_cluster():
    with simulator("--objects", "400", "--seed", "7") as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def fixture_well_again(cluster):
    yield
    wait_for("the control path answers", lambda: reachable(cluster))
    cluster.control("DELETE", "fault")


def reachable(cluster):
    try:
        return cluster.control("GET", "state")
    except (OSError, urllib.error.URLError):
        return None


def failures(running, family="storpool_pve_poll_failures_total"):
    return {re.search('cause="([^"]+)"', labels)[1]: count for labels, count in running.values(family).items() if count}


def objects(page):
    """The part of the page about objects of the lists, as it stands."""
    return [line for line in page.splitlines() if line.startswith(("storpool_pve_objects", "storpool_pve_provisioned"))]


def ready(running):
    try:
        with urllib.request.urlopen(running.url + "/-/ready", timeout=SECONDS) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def highest_memory(running):
    status = pathlib.Path(f"/proc/{running.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


# The second call by most, because the first list has then been read; the first call where that is another case.
CALLS = [(name, "SnapshotsList") for name in FAULTS] + [
    (name, "VolumesList") for name in ("nobody answers", "hangs", "resets midway", "error at 200", "endless", "cut at byte 100")]


@pytest.mark.parametrize("name, call", CALLS)
def test_a_fault_fails_the_poll_with_its_cause_keeps_the_picture_and_is_recovered_from(cluster, tmp_path, name, call):
    fault, cause, flags = FAULTS[name]
    with exporter(cluster, tmp_path, "--poll.interval", "1s", "--poll.stale-after", "10m", *flags) as running:
        wait_for("the first success", lambda: running.value("storpool_pve_up") == 1)
        before = objects(running.page)
        assert len(before) > 100
        memory = highest_memory(running)
        cluster.control("POST", f"fault?kind={fault}&call={call}")
        wait_for("a failed poll", lambda: failures(running).get(cause, 0) >= 2)
        assert list(failures(running)) == [cause]
        assert running.value("storpool_pve_up") == 0
        assert objects(running.page) == before
        assert ready(running) == 200, "a poll has succeeded once"
        assert running.value('storpool_pve_journal_events_total{event="poll-failed"}') == 1
        if not fault.startswith("refuse"):
            cluster.control("DELETE", "fault")
        else:
            return
        wait_for("the recovery", lambda: running.value("storpool_pve_up") == 1, seconds=10)
        assert objects(running.page) == before
        assert running.value('storpool_pve_journal_events_total{event="poll-recovered"}') == 1
        assert highest_memory(running) < memory + 8 * 1024, "in kB"


@pytest.mark.parametrize("call, family", [
    ("VolumesSpace", "space"), ("SnapshotsSpace", "space"), ("VolumeTemplatesStatus", "template")])
@pytest.mark.parametrize("fault, cause", [("error", "api"), ("malformed", "parse"), ("truncate&at=99", "http")])
def test_a_fault_of_a_slower_poll_is_its_own_and_no_more(cluster, tmp_path, call, family, fault, cause):
    cluster.control("POST", f"fault?kind={fault}&call={call}")
    with exporter(cluster, tmp_path, "--poll.interval", "1s", "--space.interval", "1s",
                  "--templates.interval", "1s") as running:
        counter = f"storpool_pve_{family}_failures_total"
        wait_for("failures", lambda: failures(running, counter).get(cause, 0) >= 2)
        assert list(failures(running, counter)) == [cause]
        assert not failures(running)
        assert running.value("storpool_pve_up") == 1
        what = "storpool_pve_stored_bytes" if family == "space" else "storpool_pve_template_free_bytes"
        assert not running.values(what)
        cluster.control("DELETE", "fault")
        wait_for("the recovery", lambda: running.values(what), seconds=10)


def test_a_picture_that_is_too_old_disappears_and_comes_back(cluster, tmp_path):
    with exporter(cluster, tmp_path, "--poll.interval", "1s", "--poll.stale-after", "2s") as running:
        wait_for("the first success", lambda: running.value("storpool_pve_up") == 1)
        seen = running.value("storpool_pve_last_success_timestamp_seconds")
        cluster.control("POST", "fault?kind=error")
        wait_for("the objects are gone", lambda: "storpool_pve_objects" not in running.page)
        page = running.page
        for family in ["storpool_pve_anomalies", "storpool_pve_foreign_objects", "storpool_pve_template_free_bytes"]:
            assert family not in page
        assert running.value("storpool_pve_up") == 0
        assert running.value("storpool_pve_last_success_timestamp_seconds") >= seen
        assert running.value("storpool_pve_malformed_objects") == 0
        cluster.control("DELETE", "fault")
        wait_for("the objects are back", lambda: "storpool_pve_objects{" in running.page)


def test_a_cluster_that_was_never_reached_is_not_ready(cluster, tmp_path):
    cluster.control("POST", "fault?kind=error")
    with exporter(cluster, tmp_path, "--poll.interval", "1s") as running:
        assert ready(running) == 503
        assert "storpool_pve_objects" not in running.page
        assert running.value("storpool_pve_up") == 0
        assert running.value("storpool_pve_last_success_timestamp_seconds") is None
        cluster.control("DELETE", "fault")
        wait_for("ready", lambda: ready(running) == 200)


def test_nobody_at_the_address_is_a_connection_failure(tmp_path):
    with exporter(Cluster("http://127.0.0.1:1"), tmp_path, "--poll.interval", "1s") as running:
        wait_for("failures", lambda: failures(running).get("connect", 0) >= 2)
        assert list(failures(running)) == ["connect"]


@pytest.mark.parametrize("kind", ["missing-fields", "element-not-object", "wrong-types"])
def test_malformed_elements_are_counted_and_the_rest_is_kept(cluster, tmp_path, kind):
    cluster.control("POST", f"fault?kind={kind}&share=200")
    with exporter(cluster, tmp_path) as running:
        assert running.value("storpool_pve_up") == 1
        lost = running.value("storpool_pve_malformed_objects")
        kept = sum(sum(running.values(family).values()) for family in (
            "storpool_pve_objects", "storpool_pve_foreign_objects", "storpool_pve_going_objects"))
        assert lost > 10
        assert lost + kept == cluster.control("GET", "state")["objects"]["total"]


@pytest.mark.parametrize("kind", ["unknown-fields", "tags-number", "tags-bool", "tags-empty-value", "duplicate-keys", "bw-dash"])
def test_odd_elements_that_mean_the_same_change_nothing(cluster, tmp_path, kind):
    with exporter(cluster, tmp_path) as running:
        before = objects(running.page)
        cluster.control("POST", f"fault?kind={kind}&share=1000")
        running.poll(2)
        assert running.value("storpool_pve_malformed_objects") == 0
        assert objects(running.page) == before


def test_a_hanging_call_does_not_hold_up_scrapes_nor_the_end(cluster, tmp_path):
    cluster.control("POST", "fault?kind=hang")
    running = Exporter(cluster, tmp_path)
    wait_for("the call", lambda: cluster.control("GET", "state")["requests"].get("VolumesList", 0) >= 1)
    for _ in range(20):
        assert running.value("storpool_pve_polls_total") == 0
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < 2


def test_descriptors_and_memory_are_back_after_a_thousand_polls_and_connections(cluster, tmp_path):
    with simulator("--objects", "20", "--no-anomalies") as small, exporter(small, tmp_path) as running:
        def descriptors():
            return len(os.listdir(f"/proc/{running.process.pid}/fd"))

        def resident():
            status = pathlib.Path(f"/proc/{running.process.pid}/status").read_text(encoding="ascii")
            return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

        running.poll(50)
        wait_for("quiet", lambda: running.value("storpool_pve_http_connections") == 1)
        before, memory = descriptors(), resident()
        # Each poll is asked for and seen over a connection of its own, or several.
        running.poll(1000)
        assert running.value("storpool_pve_polls_total") >= 1051
        answered = sum(running.values("storpool_pve_http_requests_total").values())
        assert answered > 1000
        wait_for("quiet", lambda: running.value("storpool_pve_http_connections") == 1)
        assert descriptors() == before
        assert resident() < memory + 4 * 1024, "in kB"
