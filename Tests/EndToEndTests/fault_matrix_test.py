"""Every fault of the API and every kind of hostile client, at the start, during polls, at a reload and at the exit.

During a fault the exporter answers and counts the failures. After the fault it recovers within two polls, has used little
memory, and has closed its descriptors.
"""

import contextlib
import signal

import pytest

from testkit.cases import named
from testkit.hostile_clients import ATTACKS, attacked
from testkit.processes import Exporter, Simulator, running, stopped, wait_for
from poll_faults_test import (
    BODY_BOUND, FAULTS, MEMORY_BOUND, SPACES, TIMEOUT, causes, events, failed_polls, object_samples, wait_for_failures,
    without_faults)

FLAGS = ["--storpool.timeout", TIMEOUT, "--storpool.max-response-bytes", BODY_BOUND, "--space.timeout", TIMEOUT]
SPACE_FAILURES = "storpool_pve_space_failures_total"
# `make test` tests only these faults.
SAMPLE = ["no answer", "reset midway", "error at 500", "control character", "endless"]


def look(exporter):
    """Checks that the health check and the landing page answer. Returns the metrics page."""
    page = exporter.metrics()
    assert [exporter.get(path)[0] for path in ("/-/healthy", "/")] == [200, 200]
    return page


def wait_for_recovery(simulator, exporter, hasten=lambda: None):
    """Ends the fault, calls `hasten`, waits for a successful poll and returns the page."""
    simulator.clear_faults()
    ended = exporter.metrics()
    hasten()
    page = exporter.wait_until_up()
    # Only the poll that was running when the fault ended may still fail.
    assert failed_polls(page) - failed_polls(ended) <= 1
    return page


def wait_for_descriptors(exporter, before):
    wait_for(f"at most {before} open descriptors", lambda: exporter.descriptors <= before)


@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS, SAMPLE))
def test_serve_handles_a_fault_at_the_first_poll_and_at_exit(kind, parameters, cause, said):
    del said
    with Simulator(objects=40) as simulator:
        simulator.fault(kind, call="VolumesList", **parameters)
        with Exporter(simulator, *FLAGS) as exporter:
            failed = wait_for_failures(exporter, 1)
            assert causes(failed)[cause] == failed_polls(failed)
            assert failed.metric("storpool_pve_up") == 0
            assert object_samples(failed) == [] and exporter.get("/-/ready")[0] == 503
            assert events(failed) == {"poll-failed": 1, "poll-recovered": 0}
            look(exporter)
            page = wait_for_recovery(simulator, exporter)
            assert object_samples(page) and exporter.get("/-/ready")[0] == 200
            assert events(page) == {"poll-failed": 1, "poll-recovered": 1}
            assert exporter.status("VmHWM") < MEMORY_BOUND

            simulator.fault(kind, call="SnapshotsList", **parameters)
            requests = simulator.state["requests"]
            exporter.send(signal.SIGHUP)
            wait_for("a request has started", lambda: simulator.state["requests"] != requests)
            assert exporter.stop() == 0


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    with running(objects=40, space="1s", exporter_flags=[*FLAGS, "--poll.stale-after", "5m"]) as pair:
        yield pair


@pytest.fixture(name="healthy")
def fixture_healthy(pair):
    yield from without_faults(pair)


@pytest.mark.parametrize("call", SPACES)
@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS, SAMPLE))
def test_a_fault_of_a_space_poll_does_not_affect_other_polls(healthy, call, kind, parameters, cause, said):
    """A failed space poll increases its own counter, and polls of the lists continue."""
    del said
    simulator, exporter = healthy
    before, descriptors = exporter.metrics(), exporter.descriptors
    simulator.fault(kind, call=call, **parameters)
    failed = wait_for_failures(exporter, failed_polls(before, SPACE_FAILURES) + 1, SPACE_FAILURES)
    grown = {name: count - causes(before, SPACE_FAILURES)[name] for name, count in causes(failed, SPACE_FAILURES).items()}
    assert {name for name, count in grown.items() if count} == {cause}
    polls = look(exporter).metric("storpool_pve_polls_total")
    exporter.wait_for(lambda page: page.metric("storpool_pve_polls_total") > polls, "another poll of the lists")
    assert exporter.metric("storpool_pve_up") == 1
    assert events(exporter.metrics()) == events(before)
    success = failed.metric("storpool_pve_space_last_success_timestamp_seconds")
    simulator.clear_faults()
    exporter.wait_for(
        lambda page: page.metric("storpool_pve_space_last_success_timestamp_seconds") > (success or 0), "a good space poll")
    assert exporter.status("VmHWM") < MEMORY_BOUND
    # Running polls may have two connections open.
    wait_for_descriptors(exporter, descriptors + 2)


@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS, SAMPLE))
def test_a_reload_during_a_fault_leaves_nothing_behind(healthy, kind, parameters, cause, said):
    """A reload starts a poll. If a poll is running, the reload cancels it or waits until it ends. All descriptors are closed."""
    del said
    simulator, exporter = healthy
    before, descriptors = exporter.metrics(), exporter.descriptors
    simulator.fault(kind, **parameters)
    for _ in range(5):
        exporter.send(signal.SIGHUP)
        look(exporter)
    failed = wait_for_failures(exporter, failed_polls(before) + 1)
    grown = {name: count - causes(before)[name] for name, count in causes(failed).items()}
    assert {name for name, count in grown.items() if count} == {cause}
    assert object_samples(failed) == object_samples(before)
    page = wait_for_recovery(simulator, exporter, hasten=lambda: exporter.send(signal.SIGHUP))
    assert object_samples(page) == object_samples(before)
    assert exporter.status("VmHWM") < MEMORY_BOUND
    wait_for_descriptors(exporter, descriptors + 2)


HOSTILE = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)


def assert_clean(exporter, descriptors):
    """Waits until the descriptors of clients are closed. Running polls may use two more descriptors than before."""
    wait_for_descriptors(exporter, descriptors + 2)
    assert exporter.status("VmHWM") < MEMORY_BOUND


@HOSTILE
def test_hostile_clients_do_not_prevent_the_first_poll(attack):
    with Simulator(objects=300) as simulator, contextlib.ExitStack() as stack:
        with contextlib.ExitStack() as attackers:
            with stopped(simulator):
                exporter = stack.enter_context(Exporter(simulator, interval="1h"))
                descriptors = exporter.descriptors
                attackers.enter_context(attacked(exporter, attack))
                assert look(exporter).metric("storpool_pve_polls_total") == 0
            assert failed_polls(exporter.wait_until_up()) == 0
        assert_clean(exporter, descriptors)


@HOSTILE
def test_hostile_clients_prevent_neither_polls_nor_the_exit(attack):
    with Simulator(objects=300) as simulator, Exporter(simulator, space="1s") as exporter:
        exporter.wait_until_up()
        descriptors = exporter.descriptors
        with attacked(exporter, attack):
            space, polls = "storpool_pve_space_last_success_timestamp_seconds", "storpool_pve_polls_total"
            seen = exporter.wait_for(lambda page: page.metric(space), "a space poll")
            page = exporter.wait_for(
                lambda page: page.metric(space) > seen.metric(space) and page.metric(polls) > seen.metric(polls),
                "more polls")
            assert failed_polls(page) == failed_polls(page, SPACE_FAILURES) == 0
            look(exporter)
        assert_clean(exporter, descriptors)
        with attacked(exporter, attack):
            assert exporter.stop() == 0


@HOSTILE
def test_hostile_clients_do_not_prevent_a_reload(attack):
    """The interval is one hour, so the second poll is due to the SIGHUP."""
    with running(objects=300, interval="1h") as (_, exporter):
        descriptors = exporter.descriptors
        with attacked(exporter, attack):
            assert failed_polls(exporter.poll()) == 0
            look(exporter)
        assert_clean(exporter, descriptors)
