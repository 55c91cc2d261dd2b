"""Replies of the StorPool API that are truncated, endless, or have wrong framing or unusual elements."""

import gzip
import itertools
import json
import signal

import pytest

from testkit.processes import Exporter, running
from testkit.scripted_api import HEALTHY, VOLUME, ScriptedAPI, reply

FAILURES = "storpool_pve_poll_failures_total"
MEMORY_BOUND = 32 << 20
GROWTH = 8 << 20


@pytest.fixture(name="scripted", scope="module")
def fixture_scripted():
    with ScriptedAPI() as api:
        with Exporter(api.url, "--poll.stale-after", "5m", "--log.level", "debug", interval="1h") as exporter:
            exporter.wait_until_up()
            yield api, exporter


@pytest.fixture(name="healthy")
def fixture_healthy(scripted):
    api, exporter = scripted
    yield scripted
    api.script.clear()
    assert exporter.poll().metric("storpool_pve_up") == 1


def failures(page):
    return {labels["cause"]: value for labels, value in page.all(FAILURES) if value}


def poll_cause(exporter):
    """Polls and returns the cause of the failure, or None."""
    before = exporter.metrics()
    page = exporter.poll(before)
    grown = [cause for cause, count in failures(page).items() if count != failures(before).get(cause, 0)]
    assert len(grown) <= 1
    assert (page.metric("storpool_pve_up") == 0) == bool(grown)
    return grown[0] if grown else None


@pytest.mark.parametrize("call", list(HEALTHY))
@pytest.mark.parametrize("declares, cause", [("all", "http"), ("what-is-sent", "parse"), ("nothing", "parse")])
def test_a_reply_cut_at_any_byte_fails_the_poll(healthy, call, declares, cause):
    """Some cuts are inside strings, escapes, numbers and literals. Others are between members and elements."""
    api, exporter = healthy
    body = HEALTHY[call]
    length = {"all": len(body), "what-is-sent": None, "nothing": False}[declares]
    odd = {}
    for end in range(len(body)):
        api.script[call] = reply(body[:end], length=length)
        found = poll_cause(exporter)
        if found != cause:
            odd[end] = found
    assert not odd


def test_a_reply_may_be_split_at_any_byte(healthy):
    """The API sends the reply in two writes. The test splits it at every seventh byte."""
    api, exporter = healthy
    whole = reply(HEALTHY["VolumesList"])
    before = exporter.metrics()
    for middle in range(1, len(whole), 7):
        api.script["VolumesList"] = lambda middle=middle: [whole[:middle], whole[middle:]]
        assert poll_cause(exporter) is None, middle
    page = exporter.metrics()
    assert page.all("storpool_pve_objects") == before.all("storpool_pve_objects")


def bad_chunks():
    body = HEALTHY["VolumesList"]
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body)) + body + b"\r\nnonsense\r\n"


UNUSUAL_REPLIES = {
    "404 without a body": (reply(b"", status="404 Not Found"), "http"),
    "500 without a body": (reply(b"", status="500 Internal Server Error"), "http"),
    "401 with text": (reply(b"Unauthorized\n", status="401 Unauthorized"), "http"),
    "204": (reply(b"", status="204 No Content"), "http"),
    "a good list at 500": (reply(HEALTHY["VolumesList"], status="500 Oops"), "http"),
    "an error at 200": (reply(b'{"error":{"name":"invalidParam","descr":"No."}}'), "api"),
    "an error at 401": (reply(b'{"error":{"name":"auth","descr":"No."}}', status="401 Unauthorized"), "api"),
    "an error as text at 500": (reply(b'{"error":"broken"}', status="500 Oops"), "api"),
    "an error after good data": (
        reply(HEALTHY["VolumesList"][:-1] + b',"error":{"name":"busy","transient":true}}'), "api"),
    "an error before good data": (reply(b'{"error":{"name":"busy"},' + HEALTHY["VolumesList"][1:]), "api"),
    "a list at the top": (reply(b"[]"), "parse"),
    "a number at the top": (reply(b"17"), "parse"),
    "null": (reply(b"null"), "parse"),
    "whitespace": (reply(b" \r\n\t "), "parse"),
    "an empty object": (reply(b"{}"), "parse"),
    "a byte order mark": (reply(b"\xef\xbb\xbf" + HEALTHY["VolumesList"]), "parse"),
    "UTF-16": (reply(HEALTHY["VolumesList"].decode().encode("utf-16")), "parse"),
    "a NUL after the end": (reply(HEALTHY["VolumesList"] + b"\0"), "parse"),
    "a number too large": (reply(b'{"generation":1e999999,"data":[]}'), None),
    "an extra comma": (reply(b'{"data":[1,]}'), "parse"),
    "surrogate halves": (reply(b'{"data":["\\ud800"]}'), "parse"),
    "negative length": (reply(HEALTHY["VolumesList"], length=-5), "http"),
    "huge length": (reply(HEALTHY["VolumesList"], length="9" * 40), "too-large"),
    "length above the bound": (reply(HEALTHY["VolumesList"], length=(4 << 30) + 1), "too-large"),
    "chunked in HTTP/1.1": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (len(HEALTHY["VolumesList"]), HEALTHY["VolumesList"]), None),
    "bad chunks": (bad_chunks(), "http"),
    "compressed as a transfer coding": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (len(gzip.compress(HEALTHY["VolumesList"])), gzip.compress(HEALTHY["VolumesList"])), "http"),
    "compressed content": (reply(gzip.compress(HEALTHY["VolumesList"]), "Content-Encoding: gzip"), "parse"),
    "declared as compressed but plain": (reply(HEALTHY["VolumesList"], "Content-Encoding: gzip"), None),
    "half of a head": (b"HTTP/1.0 200 OK\r\nContent-Le", "http"),
    "a status that is not a number": (b"HTTP/1.0 abc OK\r\n\r\n{}", "http"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2p1\r\n", "http"),
    "HTTP/0.9": (HEALTHY["VolumesList"], "http"),
    "a head of a megabyte": (reply(b"{}", *[f"X-{i}: {'a' * 1000}" for i in range(1000)]), "http"),
    "a header line of a megabyte": (reply(b"{}", "X: " + "a" * (1 << 20)), "http"),
}


@pytest.mark.parametrize("answer, cause", UNUSUAL_REPLIES.values(), ids=[name.replace(" ", "-") for name in UNUSUAL_REPLIES])
def test_an_unusual_reply_is_read_or_fails_with_its_cause(healthy, answer, cause):
    api, exporter = healthy
    api.script["VolumesList"] = answer
    assert poll_cause(exporter) == cause, exporter.log[-1000:]
    assert exporter.status("VmHWM") < MEMORY_BOUND


ADVICE = {
    "HTML at 404": (reply(b"<html>Not found", status="404 Not Found"), "address"),
    "404 without a body": (reply(b"", status="404 Not Found"), "address"),
    "JSON of another API at 404": (reply(b'{"detail":"Not Found"}', status="404 Not Found"), "address"),
    "HTML at 200": (reply(b"\n<!DOCTYPE html>"), "address"),
    "HTML at 503": (reply(b"<html>Unavailable", status="503 Service Unavailable"), "address"),
    "a redirect": (reply(b"", "Location: /login", status="302 Found"), "address"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2p1\r\n", "address"),
    "an error that denies access": (reply(b'{"error":{"name":"accessDenied","descr":"No."}}'), "token"),
    "an error about the token": (reply(b'{"error":{"name":"x","descr":"Invalid Authentication Token"}}'), "token"),
    "an error at 401": (reply(b'{"error":{"name":"x"}}', status="401 Unauthorized"), "token"),
    "403 with text": (reply(b"Forbidden\n", status="403 Forbidden"), "address and token"),
    "a broken reply": (reply(HEALTHY["VolumesList"][:-5]), "nothing"),
    "500 without a body": (reply(b"", status="500 Oops"), "nothing"),
    "busy": (reply(b'{"error":{"name":"busy","descr":"The service is starting.","transient":true}}'), "nothing"),
}


@pytest.mark.parametrize("answer, advice", ADVICE.values(), ids=[name.replace(" ", "-") for name in ADVICE])
def test_a_failure_message_names_what_to_check(healthy, answer, advice):
    api, exporter = healthy
    api.script["VolumesList"] = answer
    count = len(exporter.log)
    assert poll_cause(exporter)
    said = exporter.log[count:]
    assert (f"; is {api.url}/ctrl/1.0/VolumesList the URL of a StorPool API?" in said) == ("address" in advice), said
    assert (f"; check the token from --storpool.token-file {exporter.token_file}" in said) == ("token" in advice), said


def test_a_body_may_be_exactly_as_long_as_the_limit():
    with ScriptedAPI() as api:
        bound = 4096
        body = HEALTHY["VolumesList"]
        with Exporter(api.url, "--storpool.max-response-bytes", bound, interval="1h") as exporter:
            exporter.wait_until_up()
            for length in (None, False):
                api.script["VolumesList"] = reply(body + b" " * (bound - len(body)), length=length)
                assert poll_cause(exporter) is None
                api.script["VolumesList"] = reply(body + b" " * (bound + 1 - len(body)), length=length)
                assert poll_cause(exporter) == "too-large"


def endless(first, element):
    """An endless reply: `first`, then `element` again and again, in pieces of about a mebibyte."""
    yield b"HTTP/1.0 200 OK\r\n\r\n" + first
    while True:
        yield element * (1 + (1 << 20) // len(element))


ENDLESS = {
    "one volume again and again": ("VolumesList", b'{"data":[0', b"," + json.dumps(VOLUME).encode()),
    "one template again and again": (
        "VolumeTemplatesStatus", b'{"data":[0',
        b',{"name":"hybrid","id":1,"size":1,"storedSize":2,"stored":{"capacity":3,"free":4}}'),
    "a text": ("VolumesList", b'{"data":["', b"a"),
    "a name": ("VolumesList", b'{"data":[{"name":"', b"a"),
    "a number": ("VolumesList", b'{"generation":', b"1"),
    "a key": ("VolumesList", b'{"', b"k"),
    "an error's text": ("VolumesList", b'{"error":{"descr":"', b"e"),
    "whitespace": ("VolumesList", b"", b" "),
    "keys of an object": ("VolumesList", b'{"data":[{"a":1', b',"a":1'),
    "tags": ("VolumesList", b'{"data":[{"tags":{"a":"1"', b',"pve":"sp","virt":"pve"'),
    "wrong elements": ("VolumesList", b'{"data":[0', b",null,[],true"),
    "a header": ("VolumesList", None, b"X-Header: " + b"a" * 1000 + b"\r\n"),
}


@pytest.mark.parametrize("call, first, element", ENDLESS.values(), ids=[name.replace(" ", "-") for name in ENDLESS])
def test_an_endless_reply_uses_little_memory(call, first, element):
    with ScriptedAPI() as api:
        flags = ["--storpool.timeout", "60s", "--storpool.max-response-bytes", 10 << 20]
        with Exporter(api.url, *flags, interval="1h", templates="1h") as exporter:
            exporter.wait_until_up()
            exporter.wait_for(lambda page: page.has("storpool_pve_up") and len(api.calls) >= 3, "the first calls")
            family = "storpool_pve_template_failures_total" if call == "VolumeTemplatesStatus" else FAILURES
            if first is None:
                api.script[call] = lambda: itertools.chain([b"HTTP/1.0 200 OK\r\n"], itertools.repeat(element))
            else:
                api.script[call] = lambda: endless(first, element)
            before = exporter.status("VmRSS")
            exporter.send(signal.SIGHUP)
            exporter.wait_for(lambda page: page.metric(family) == 1, "the failure")
            # GROWTH allows for buffers and for memory pages that were not used before.
            assert exporter.status("VmHWM") - before < GROWTH


# Elements.

OBJECTS = ["storpool_pve_objects", "storpool_pve_provisioned_bytes", "storpool_pve_foreign_objects",
           "storpool_pve_foreign_bytes", "storpool_pve_going_objects", "storpool_pve_oldest_snapshot_timestamp_seconds"]


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    with running(interval="1h", objects=600) as pair:
        yield pair


def lists(simulator):
    """The elements of both lists."""
    found = []
    for call in ("VolumesList", "SnapshotsList"):
        found += simulator.data(call)
    return found


def is_whole(element):
    """Whether an element is a readable object: it has an id, a name, and a non-negative integer as size."""
    if not isinstance(element, dict):
        return False
    texts = [element.get("name"), element.get("globalId")]
    size = element.get("size")
    return all(isinstance(text, str) and text for text in texts) and type(size) is int and size >= 0


@pytest.mark.parametrize("share", [1, 100, 1000])
@pytest.mark.parametrize("kind", ["missing-fields", "element-not-object", "wrong-types", "numbers-as-strings"])
def test_malformed_elements_are_counted_and_left_out(pair, kind, share):
    simulator, exporter = pair
    simulator.fault(kind, share=share)
    try:
        expected = [is_whole(element) for element in lists(simulator)]
        page = exporter.poll()
    finally:
        simulator.clear_faults()
    assert page.metric("storpool_pve_up") == 1
    assert page.metric("storpool_pve_malformed_objects") == expected.count(False)
    kept = sum(page.metric(f"storpool_pve_{word}_objects") or 0 for word in ("foreign", "going"))
    kept += page.metric("storpool_pve_objects") or 0
    assert kept == expected.count(True)
    assert exporter.poll().metric("storpool_pve_malformed_objects") == 0


@pytest.mark.parametrize("kind", [
    "tags-number", "tags-bool", "tags-empty-value", "unknown-fields", "duplicate-keys", "bw-dash"])
def test_equivalent_elements_change_nothing(pair, kind):
    simulator, exporter = pair
    before = exporter.poll()
    simulator.fault(kind, share=1000)
    try:
        page = exporter.poll()
    finally:
        simulator.clear_faults()
    assert page.metric("storpool_pve_malformed_objects") == 0
    for family in OBJECTS:
        assert page.all(family) == before.all(family), family


@pytest.mark.parametrize("kind", ["tags-null", "tags-absent"])
def test_objects_without_tags_are_foreign(pair, kind):
    simulator, exporter = pair
    simulator.fault(kind, share=1000)
    try:
        page = exporter.poll()
    finally:
        simulator.clear_faults()
    assert page.metric("storpool_pve_up") == 1
    assert page.metric("storpool_pve_malformed_objects") == 0
    assert not page.metric("storpool_pve_objects")
    total = simulator.state["objects"]["total"]
    assert page.metric("storpool_pve_foreign_objects") + page.metric("storpool_pve_going_objects") == total
