"""Every fault of the API, and every kind of hostile client, in each phase of the exporter's life.

Asserted each time: what is counted, what is told, that the exporter answers meanwhile, that it recovers within two polls
of the fault's end, and that memory and descriptors come back to where they were.
"""

import pathlib
import signal

import pytest

from harness import Exporter, Simulator, running, wait_for
from hostile_clients import ATTACKS, beset
from poll_faults_test import (
    BODY_BOUND, FAULTS, MEMORY_BOUND, SPACES, TIMEOUT, causes, events, failed_polls, named, picture, wait_for_failures)

FLAGS = ["--storpool.timeout", TIMEOUT, "--storpool.max-response-bytes", BODY_BOUND, "--space.timeout", TIMEOUT]
# The limit that the service manager sets is far higher; a stop is a matter of the loop's next turn.
STOP_SECONDS = 5
SPACE_FAILURES = "storpool_pve_space_failures_total"


def look(exporter):
    """It answers, whatever goes on: the page and the three paths beside it."""
    page = exporter.metrics(seconds=STOP_SECONDS)
    assert [exporter.get(path, seconds=STOP_SECONDS)[0] for path in ("/-/healthy", "/")] == [200, 200]
    return page


def wait_for_recovery(exporter, failed):
    """The first page on which it is well again; `failed` is the one before the fault ended."""
    page = exporter.wait_until_up()
    polls = "storpool_pve_polls_total"
    # The poll that was under way may fail once more; looking takes a moment in which another may be made.
    assert page.metric(polls) - failed.metric(polls) <= 3
    return page


def wait_for_descriptors(exporter, before):
    wait_for(f"{before} descriptors again", lambda: exporter.descriptors <= before)


@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS))
def test_a_fault_at_the_first_poll_and_at_the_end(kind, parameters, cause, said):
    del said
    with Simulator(objects=40) as simulator:
        simulator.fault(kind, call="VolumesList", **parameters)
        with Exporter(simulator, *FLAGS) as exporter:
            failed = wait_for_failures(exporter, 1)
            assert causes(failed)[cause] == failed_polls(failed)
            assert failed.metric("storpool_pve_up") == 0
            assert picture(failed) == [] and exporter.get("/-/ready")[0] == 503
            assert events(failed) == {"poll-failed": 1, "poll-recovered": 0}
            failed = look(exporter)
            simulator.clear_faults()
            page = wait_for_recovery(exporter, failed)
            assert picture(page) and exporter.get("/-/ready")[0] == 200
            assert events(page) == {"poll-failed": 1, "poll-recovered": 1}
            assert exporter.status("VmHWM") < MEMORY_BOUND

            simulator.fault(kind, call="SnapshotsList", **parameters)
            requests = simulator.state["requests"]
            exporter.send(signal.SIGHUP)
            wait_for("a request is under way", lambda: simulator.state["requests"] != requests)
            assert exporter.stop(seconds=STOP_SECONDS) == 0


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    with running(objects=40, space="1s", exporter_flags=[*FLAGS, "--poll.stale-after", "5m"]) as pair:
        yield pair


@pytest.fixture(name="healthy")
def fixture_healthy(pair):
    simulator, exporter = pair
    simulator.clear_faults()
    exporter.wait_until_up()
    pathlib.Path(f"/proc/{exporter.pid}/clear_refs").write_text("5")
    yield pair
    simulator.clear_faults()
    exporter.wait_until_up()


@pytest.mark.parametrize("call", SPACES)
@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS))
def test_a_fault_of_a_space_poll(healthy, call, kind, parameters, cause, said):
    """It is counted for itself, and the lists are polled on."""
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
    # One connection may be open for a poll that is under way.
    wait_for_descriptors(exporter, descriptors + 2)


@pytest.mark.parametrize("kind, parameters, cause, said", named(FAULTS))
def test_a_reload_during_a_fault(healthy, kind, parameters, cause, said):
    """Polls at once, again and again; what was under way is given up or counted, and nothing stays behind."""
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
    assert picture(failed) == picture(before)
    simulator.clear_faults()
    exporter.send(signal.SIGHUP)
    page = wait_for_recovery(exporter, failed)
    assert picture(page) == picture(before)
    assert exporter.status("VmHWM") < MEMORY_BOUND
    wait_for_descriptors(exporter, descriptors + 2)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_hostile_clients_in_each_phase(attack):
    with Simulator(objects=300) as simulator:
        simulator.fault("delay", call="VolumesList", wait=1, count=1)
        with Exporter(simulator, space="1s") as exporter:
            descriptors = exporter.descriptors
            # The first poll is under way.
            assert exporter.metric("storpool_pve_polls_total") == 0
            with beset(exporter, attack):
                look(exporter)
                page = exporter.wait_until_up()
                assert failed_polls(page) == 0
            # Steady state and space polls.
            with beset(exporter, attack):
                space = "storpool_pve_space_last_success_timestamp_seconds"
                seen = exporter.wait_for(lambda page: page.metric(space), "a space poll")
                exporter.wait_for(
                    lambda page: page.metric(space) > seen.metric(space)
                    and page.metric("storpool_pve_polls_total") > seen.metric("storpool_pve_polls_total"), "more polls")
                look(exporter)
            # A reload.
            with beset(exporter, attack):
                assert failed_polls(exporter.poll()) == 0
                look(exporter)
            wait_for_descriptors(exporter, descriptors + 2)
            assert exporter.status("VmHWM") < MEMORY_BOUND
            # The end.
            with beset(exporter, attack):
                assert exporter.stop(seconds=STOP_SECONDS) == 0
