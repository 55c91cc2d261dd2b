"""A poll fails if the strings of names and tags exceed a total size, which limits the memory of the exporter."""

import json

import pytest

from testkit.commands import Commands
from testkit.processes import SECONDS, Exporter
from testkit.scripted_api import ScriptedAPI, reply

# Length of a long string. The limit for one JSON string is 64 KiB.
LONG = 60_000
# The strings of this many elements exceed the total size that a poll may have.
ELEMENTS = 7_000
# Twice the 256 MiB that strings may take, because an array is copied when it grows, and 128 MiB for the rest.
MEMORY_BOUND = 640 << 20
# Deadline in seconds of a poll that receives several hundred megabytes.
PATIENCE = 5 * SECONDS


def element(number, field, length):
    """The JSON of a disk with a long string in one field. Each disk has a different string."""
    text = f"{number:x<{length}}"
    tags = {"virt": "pve", "pve-loc": "lab", "pve": "sp", "pve-type": "images", "pve-vm": str(100 + number),
            "pve-disk": "0"}
    object_fields = {"name": f"~o.n.{number}", "globalId": f"o.n.{number}", "size": 1 << 30, "creationTimestamp": 1}
    (object_fields if field == "name" else tags)[field] = text
    return json.dumps(object_fields | {"tags": tags}).encode()


def volumes(count, field, length, sent=None):
    """A reply to VolumesList that is sent element by element. Appends the number of each sent element to `sent`."""
    def pieces():
        yield reply(b'{"data":[', length=False)
        for number in range(count):
            if sent is not None:
                sent.append(number)
            yield (b"," if number else b"") + element(number, field, length)
        yield b"]}"
    return pieces


@pytest.fixture(name="scripted", scope="module")
def fixture_scripted():
    with ScriptedAPI() as api:
        with Exporter(
                api.url, "--poll.stale-after", "1h", "--storpool.timeout", f"{PATIENCE}s", "--log.level", "debug",
                interval="1h") as exporter:
            exporter.wait_until_up()
            yield api, exporter


def objects(page):
    return page.all("storpool_pve_objects")


def failed_poll(exporter):
    """Polls and expects a failure. Returns the page, and the log line with the cause."""
    log = len(exporter.log)
    exporter.reset_peak()
    page = exporter.poll(seconds=PATIENCE)
    line, = [line for line in exporter.log[log:].splitlines() if "poll failed: " in line]
    return page, line


def assert_recovers(api, exporter, before):
    api.script.clear()
    assert objects(exporter.poll()) == objects(before)
    assert exporter.metric("storpool_pve_up") == 1


@pytest.mark.parametrize("field", ["pve", "pve-vm", "name"])
def test_a_poll_fails_early_if_a_list_has_too_much_text(scripted, field):
    api, exporter = scripted
    before, sent = exporter.metrics(), []
    api.script["VolumesList"] = volumes(ELEMENTS, field, LONG, sent)
    page, line = failed_poll(exporter)
    cause = {"cause": "too-large"}
    failures = "storpool_pve_poll_failures_total"
    assert page.metric(failures, **cause) == before.metric(failures, **cause) + 1
    assert page.metric("storpool_pve_up") == 0
    assert objects(page) == objects(before) and objects(page), "the previous data stays"
    assert "VolumesList: " in line and str(256 << 20) in line
    assert len(sent) < ELEMENTS, "the exporter read the whole list"
    assert exporter.status("VmHWM") < MEMORY_BOUND
    assert_recovers(api, exporter, before)


def test_a_page_that_is_too_large_fails_the_poll(scripted):
    """Each storage has a series for each reason: 40 MB of tags make a page of over 600 MB."""
    api, exporter = scripted
    before = exporter.metrics()
    api.script["VolumesList"] = volumes(700, "pve", LONG)
    page, line = failed_poll(exporter)
    cause = {"cause": "too-large"}
    failures = "storpool_pve_poll_failures_total"
    assert page.metric(failures, **cause) == before.metric(failures, **cause) + 1
    assert page.metric("storpool_pve_up") == 0
    assert objects(page) == objects(before)
    assert page.all("storpool_pve_anomalies") == before.all("storpool_pve_anomalies")
    assert "page" in line and str(512 << 20) in line
    assert_recovers(api, exporter, before)


def test_check_fails_when_a_list_has_too_much_text():
    with ScriptedAPI() as api:
        api.script["VolumesList"] = volumes(ELEMENTS, "pve", LONG)
        done = Commands(api).run("check", "--storpool.timeout", f"{PATIENCE}s", timeout=PATIENCE)
    assert done.returncode == 2 and str(256 << 20) in done.stderr, done.stderr
