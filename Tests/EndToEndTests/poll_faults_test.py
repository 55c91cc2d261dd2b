"""The effect of every fault of the StorPool API on objects, counters and events, and the recovery."""

import signal

import pytest

from testkit.cases import named
from testkit.processes import Exporter, NotifySocket, Simulator, free_port, running, wait_for
from testkit.scripted_api import ScriptedAPI, reply

CAUSES = ["api", "config", "connect", "http", "parse", "resources", "timeout", "too-large"]
LISTS = ["VolumesList", "SnapshotsList"]
SPACES = ["VolumesSpace", "SnapshotsSpace"]
# Healthy replies arrive in much less time.
TIMEOUT = "2s"
BODY_BOUND = 512 << 10
MEMORY_BOUND = 32 << 20
OBJECT_FAMILIES = ["storpool_pve_objects", "storpool_pve_anomalies", "storpool_pve_foreign_objects"]

# (name, kind of fault, parameters of the fault, expected cause, part of the expected log line)
FAULTS = [
    ("no answer", "hang", {}, "timeout", "CURLE_OPERATION_TIMEDOUT"),
    ("a byte a second", "slow", {"rate": 1}, "timeout", "CURLE_OPERATION_TIMEDOUT"),
    ("silence midway", "stall", {}, "timeout", "CURLE_OPERATION_TIMEDOUT"),
    ("closed without a byte", "close", {}, "http", "CURLE_GOT_NOTHING"),
    ("no HTTP", "garbage", {}, "http", ""),
    ("reset midway", "reset", {}, "http", "bytes of the reply"),
    ("reset after a byte", "reset", {"at": 1}, "http", ""),
    ("cut midway", "truncate", {}, "http", "CURLE_PARTIAL_FILE"),
    ("cut before the body", "truncate", {"at": 0}, "http", "CURLE_PARTIAL_FILE"),
    ("declared longer than sent", "wrong-length", {"delta": 1}, "http", "CURLE_PARTIAL_FILE"),
    ("declared shorter than sent", "wrong-length", {"delta": -1}, "parse", "not valid JSON"),
    ("length that is not a number", "bad-length", {}, "http", ""),
    ("HTML at 503", "html", {}, "http", "503"),
    ("HTML at 200", "html", {"status": 200}, "parse", "at byte"),
    ("HTML at 404", "html", {"status": 404}, "http", "404"),
    ("redirect", "redirect", {}, "http", "302"),
    ("error at 200", "error", {}, "api", "busy"),
    ("error at 404", "status", {"status": 404, "name": "objectDoesNotExist"}, "api", "objectDoesNotExist"),
    ("error at 500", "status", {"status": 500}, "api", "busy"),
    ("error at 503", "transient", {}, "api", "transient"),
    ("transient error at 200", "transient", {"status": 200}, "api", "transient"),
    ("error as a text", "error-string", {}, "api", "Simulated failure"),
    ("wrong token", "bad-token", {}, "api", ""),
    ("empty body", "empty", {}, "parse", ""),
    ("no data", "no-data", {}, "parse", 'no member "data"'),
    ("data null", "null-data", {}, "parse", "not a list"),
    ("data that is not a list", "data-not-list", {}, "parse", "not a list"),
    ("control character", "malformed", {}, "parse", "not valid JSON"),
    ("invalid UTF-8", "invalid-utf8", {}, "parse", "not valid JSON"),
    ("too deep", "deep", {}, "parse", "not valid JSON"),
    ("text after the end", "trailing", {}, "parse", "not valid JSON"),
    ("endless", "endless", {}, "too-large", str(BODY_BOUND)),
    ("announced as larger than the bound", "endless", {"amount": 1 << 30}, "too-large", str(BODY_BOUND)),
]


def causes(page, family="storpool_pve_poll_failures_total"):
    return {cause: page.metric(family, cause=cause) for cause in CAUSES}


def events(page):
    return {name: page.metric("storpool_pve_journal_events_total", event=name)
            for name in ("poll-failed", "poll-recovered")}


def object_samples(page):
    """The samples of the metrics about objects."""
    return [sample for family in OBJECT_FAMILIES for sample in page.all(family)]


def ready(exporter):
    return exporter.get("/-/ready")[0]


def failed_polls(page, family="storpool_pve_poll_failures_total"):
    return sum(causes(page, family).values())


def wait_for_failures(exporter, count, family="storpool_pve_poll_failures_total"):
    return exporter.wait_for(lambda page: failed_polls(page, family) >= count, f"{count} failures in {family}")


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    flags = ["--storpool.timeout", TIMEOUT, "--storpool.max-response-bytes", BODY_BOUND, "--log.level", "debug",
             "--poll.stale-after", "5m"]
    with running(exporter_flags=flags) as pair:
        yield pair


def without_faults(pair):
    """For fixtures: ends all faults before and after the test, and resets the peak memory before it."""
    simulator, exporter = pair
    simulator.clear_faults()
    exporter.wait_until_up()
    exporter.reset_peak()
    yield pair
    simulator.clear_faults()
    exporter.wait_until_up()


@pytest.fixture(name="healthy")
def fixture_healthy(pair):
    yield from without_faults(pair)


@pytest.mark.parametrize("call", LISTS)
@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS))
def test_a_fault_is_counted_and_the_objects_stay_on_the_page(healthy, call, kind, parameters, cause, said):
    simulator, exporter = healthy
    before = exporter.metrics()
    log_before = len(exporter.log)
    simulator.fault(kind, call=call, **parameters)
    exporter.send(signal.SIGHUP)
    wait_for_failures(exporter, failed_polls(before) + 1)
    exporter.send(signal.SIGHUP)
    page = wait_for_failures(exporter, failed_polls(before) + 2)

    assert page.metric("storpool_pve_up") == 0
    grown = {name: count - causes(before)[name] for name, count in causes(page).items()}
    assert grown == {name: failed_polls(page) - failed_polls(before) if name == cause else 0 for name in CAUSES}
    assert object_samples(page) == object_samples(before) and object_samples(page)
    assert page.metric("storpool_pve_last_success_timestamp_seconds") > 0
    assert ready(exporter) == 200
    failures = [line for line in exporter.log[log_before:].splitlines() if f"poll failed: {call}: " in line]
    assert failures and all(said in line for line in failures), failures
    assert exporter.status("VmHWM") < MEMORY_BOUND

    simulator.clear_faults()
    exporter.send(signal.SIGHUP)
    after = exporter.wait_until_up()
    assert object_samples(after) == object_samples(before)
    assert {name: count - events(before)[name] for name, count in events(after).items()} == {
        "poll-failed": 1, "poll-recovered": 1}


@pytest.mark.parametrize("call", LISTS)
def test_refused_connections_are_counted_as_connect(healthy, call):
    simulator, exporter = healthy
    before = exporter.metrics()
    simulator.fault("refuse", call=call, seconds=3)
    exporter.send(signal.SIGHUP)
    # Only one cause is compared: the kernel resets connections that wait in the backlog, and a reset has a different cause.
    page = exporter.wait_for(lambda page: causes(page)["connect"] > causes(before)["connect"], "a connection is refused")
    assert page.metric("storpool_pve_up") == 0
    assert object_samples(page) == object_samples(before)
    after = exporter.wait_until_up()
    assert {name: count - events(before)[name] for name, count in events(after).items()} == {
        "poll-failed": 1, "poll-recovered": 1}


def test_transient_errors_are_retried_until_they_end(healthy):
    simulator, exporter = healthy
    before = exporter.metrics()
    simulator.fault("transient", call="VolumesList", count=3)
    exporter.send(signal.SIGHUP)
    after = exporter.wait_for(
        lambda page: page.metric("storpool_pve_up") == 1 and events(page) != events(before), "recovery")
    assert failed_polls(after) - failed_polls(before) == 3
    assert causes(after)["api"] - causes(before)["api"] == 3
    assert {name: count - events(before)[name] for name, count in events(after).items()} == {
        "poll-failed": 1, "poll-recovered": 1}


def test_a_reply_needs_no_content_length(healthy):
    simulator, exporter = healthy
    before = exporter.metrics()
    simulator.fault("no-length")
    page = exporter.poll()
    assert page.metric("storpool_pve_up") == 1
    assert failed_polls(page) == failed_polls(before)
    assert object_samples(page) == object_samples(before)


@pytest.mark.parametrize("kind, cause", named([
    ("no answer", "hang", "timeout"), ("an error", "error", "api"), ("cut", "truncate", "http"),
    ("no JSON", "malformed", "parse"), ("endless", "endless", "too-large")], sample=["no answer", "an error"]))
def test_stale_objects_disappear_until_the_next_success(kind, cause):
    flags = ["--poll.stale-after", "6s", "--storpool.timeout", "1s", "--storpool.max-response-bytes", BODY_BOUND]
    with running(exporter_flags=flags) as (simulator, exporter):
        before = exporter.metrics()
        simulator.fault(kind)
        page = exporter.wait_for(lambda page: page.metric("storpool_pve_up") == 0, "a failure")
        assert page.has("storpool_pve_objects") and page.has("storpool_pve_oldest_snapshot")
        stale = exporter.wait_for(lambda page: not page.has("storpool_pve_objects"), "staleness")
        assert stale.metric("storpool_pve_up") == 0
        assert causes(stale)[cause] == failed_polls(stale) > 0
        for family in ["storpool_pve_provisioned", "storpool_pve_anomal", "storpool_pve_foreign", "storpool_pve_going",
                       "storpool_pve_oldest", "storpool_pve_newest"]:
            assert not stale.has(family), family
        for family in ["storpool_pve_last_success_timestamp_seconds", "storpool_pve_poll_duration_seconds",
                       "storpool_pve_exporter_build_info", "process_open_fds"]:
            assert stale.has(family), family
        status, _, body = exporter.get("/-/ready")
        assert status == 503 and b"stale" in body
        landing = exporter.get("/")[2].decode()
        assert 'class="down"' in landing and "the data is stale" in landing
        wait_for("the warning", lambda: "the data is stale" in exporter.log)
        stale = exporter.metrics()
        simulator.clear_faults()
        after = exporter.wait_until_up()
        # No SIGHUP is needed. A poll that was running at the end of the fault may fail, but the next poll succeeds.
        assert after.metric("storpool_pve_polls_total") - stale.metric("storpool_pve_polls_total") <= 2
        assert object_samples(after) == object_samples(before)
        assert events(after) == {"poll-failed": 1, "poll-recovered": 1}


def test_data_becomes_stale_while_a_poll_hangs(tmp_path):
    flags = ["--poll.stale-after", "3s", "--storpool.timeout", "5m"]
    with NotifySocket(tmp_path) as manager:
        with running(exporter_flags=flags, variables={"NOTIFY_SOCKET": manager.path}) as (simulator, exporter):
            simulator.fault("hang")
            page = exporter.wait_for(lambda page: not page.has("storpool_pve_objects"), "staleness")
            assert page.metric("storpool_pve_up") == 0 and failed_polls(page) == 0
            assert ready(exporter) == 503
            assert exporter.get("/-/healthy")[0] == 200
            manager.wait_for(lambda message: "the data is stale" in message[0])
            landing = exporter.get("/")[2].decode()
            assert 'class="down"' in landing and "The poll takes too long" in landing


def test_a_new_cause_within_an_outage_is_logged():
    with ScriptedAPI() as api, Exporter(api.url) as exporter:
        exporter.wait_until_up()
        api.script["VolumesList"] = reply(b"", status="503 Service Unavailable")
        exporter.wait_for(lambda page: causes(page)["http"] > 0, "a failure")
        api.script["VolumesList"] = reply(b"nonsense")
        exporter.wait_for(lambda page: causes(page)["parse"] > 0, "another failure")
        line, = [line for line in exporter.log.splitlines() if "level=warn poll failed" in line]
        assert "VolumesList: the reply is not valid JSON" in line


def test_polls_begin_when_the_api_appears():
    port = free_port()
    with Exporter(f"http://127.0.0.1:{port}") as exporter:
        page = wait_for_failures(exporter, 2)
        assert causes(page)["connect"] == failed_polls(page)
        assert page.metric("storpool_pve_up") == 0
        assert not page.has("storpool_pve_objects")
        assert ready(exporter) == 503
        assert exporter.get("/-/healthy")[0] == 200
        with Simulator(port=port) as simulator:
            exporter.wait_until_up()
            up = exporter.poll()
            assert up.metric("storpool_pve_objects") > 0
            assert ready(exporter) == 200
            assert simulator.stop() == 0
            gone = exporter.wait_for(lambda page: page.metric("storpool_pve_up") == 0, "the server is gone")
            assert object_samples(gone) == object_samples(up)
        with Simulator(port=port):
            back = exporter.wait_until_up()
            assert object_samples(back) == object_samples(up)
            assert events(back) == {"poll-failed": 2, "poll-recovered": 2}


def test_a_rejected_token_is_reported_but_not_printed():
    with Simulator(token="1112223334445556667") as simulator:
        with Exporter(simulator, "--log.level", "debug", token="9998887776665554443") as exporter:
            page = wait_for_failures(exporter, 2)
            assert causes(page)["api"] == failed_polls(page)
            assert events(page) == {"poll-failed": 1, "poll-recovered": 0}
            assert ready(exporter) == 503
            assert "9998887776665554443" not in exporter.log + exporter.output
            assert f"; check the token from --storpool.token-file {exporter.token_file}" in exporter.log
            assert str(exporter.token_file) in exporter.get("/")[2].decode()


def test_a_timeout_ends_a_reply_that_is_still_arriving():
    with running(exporter_flags=["--storpool.timeout", TIMEOUT], objects=1000) as (simulator, exporter):
        received = exporter.metric("storpool_pve_api_received_bytes_total")
        # At this rate, the reply takes at least ten seconds.
        simulator.fault("slow", call="VolumesList", rate=20_000)
        exporter.send(signal.SIGHUP)
        page = wait_for_failures(exporter, 1)
        assert causes(page)["timeout"] == 1
        assert page.metric("storpool_pve_api_received_bytes_total") > received


# Space and template polls.

FEWER_FAULTS = [case for case in FAULTS if case[0] in (
    "no answer", "reset midway", "cut midway", "HTML at 503", "error at 200", "error at 500", "empty body", "data null",
    "control character", "announced as larger than the bound")]


@pytest.fixture(name="other_polls", scope="module")
def fixture_other_polls():
    flags = ["--storpool.timeout", TIMEOUT, "--space.timeout", TIMEOUT, "--storpool.max-response-bytes", BODY_BOUND]
    with running(exporter_flags=flags, space="1s", templates="1s") as pair:
        pair[1].wait_for(lambda page: page.has("storpool_pve_stored_bytes"), "the space")
        pair[1].wait_for(lambda page: page.has("storpool_pve_template_free_bytes"), "the templates")
        yield pair


@pytest.mark.parametrize("call, family", [
    *((call, "storpool_pve_space_failures_total") for call in SPACES),
    ("VolumeTemplatesStatus", "storpool_pve_template_failures_total")])
@pytest.mark.parametrize("kind, parameters, cause, said", named(FEWER_FAULTS))
def test_space_and_template_failures_have_their_own_counters(other_polls, call, family, kind, parameters, cause, said):
    del said
    simulator, exporter = other_polls
    before = exporter.metrics()
    simulator.fault(kind, call=call, **parameters)
    try:
        page = wait_for_failures(exporter, failed_polls(before, family) + 1, family)
    finally:
        simulator.clear_faults()
    grown = {name: count - causes(before, family)[name] for name, count in causes(page, family).items()}
    assert grown[cause] > 0 and sum(grown.values()) == grown[cause]
    assert page.metric("storpool_pve_up") == 1
    assert failed_polls(page) == failed_polls(before)
    assert events(page) == events(before)
    assert page.has("storpool_pve_stored_bytes") and page.has("storpool_pve_objects")
    assert ready(exporter) == 200


def test_space_polls_recover_without_a_signal(other_polls):
    simulator, exporter = other_polls
    last = "storpool_pve_space_last_success_timestamp_seconds"
    family = "storpool_pve_space_failures_total"
    simulator.fault("error", call="SnapshotsSpace")
    failed = wait_for_failures(exporter, failed_polls(exporter.metrics(), family) + 1, family)
    simulator.clear_faults()
    exporter.wait_for(lambda page: page.metric(last) > failed.metric(last) + 1, "another successful space poll")


def test_old_template_figures_disappear_and_come_back(other_polls):
    simulator, exporter = other_polls
    simulator.fault("error", call="VolumeTemplatesStatus")
    try:
        page = exporter.wait_for(lambda page: not page.has("storpool_pve_template_free_bytes"), "the old figures disappear")
        assert page.metric("storpool_pve_up") == 1
    finally:
        simulator.clear_faults()
    exporter.wait_for(lambda page: page.has("storpool_pve_template_free_bytes"), "new figures appear")


def test_hanging_space_and_template_calls_do_not_delay_polls(other_polls):
    simulator, exporter = other_polls
    simulator.fault("hang", call="VolumesSpace")
    simulator.fault("hang", call="VolumeTemplatesStatus")
    try:
        before = exporter.metrics()
        page = exporter.wait_for(
            lambda page: page.metric("storpool_pve_polls_total") >= before.metric("storpool_pve_polls_total") + 2,
            "polls continue")
        assert page.metric("storpool_pve_up") == 1
    finally:
        simulator.clear_faults()
    wait_for("the faults have ended", lambda: not simulator.state["faults"])
