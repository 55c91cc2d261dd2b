"""The bytes of a reply with a fault agree with the description of the fault."""

import json
import socket
import time
import urllib.error

import pytest

from testkit.processes import SECONDS, Simulator

ALL = [
    "hang", "close", "delay", "garbage", "slow", "stall", "reset", "truncate", "wrong-length", "bad-length",
    "no-length", "html", "status", "error", "transient", "error-string", "bad-token", "redirect", "empty", "no-data",
    "null-data", "data-not-list", "malformed", "invalid-utf8", "deep", "trailing", "endless", "unknown-fields",
    "missing-fields", "tags-null", "tags-absent", "tags-empty-value", "tags-number", "tags-bool",
    "numbers-as-strings", "duplicate-keys", "bw-dash", "element-not-object", "wrong-types",
]


@pytest.fixture(name="shared", scope="module")
def fixture_shared():
    with Simulator(objects=400) as simulator:
        yield simulator


@pytest.fixture(name="simulator")
def fixture_simulator(shared):
    yield shared
    shared.clear_faults()


def exchange(simulator, call="VolumesList", limit=1 << 30, seconds=10.0, token=None):
    """All received bytes, and how the reply ended: `end`, `reset`, `silence` or `limit`."""
    received = bytearray()
    with socket.create_connection((simulator.host, simulator.port), timeout=seconds) as connection:
        connection.sendall(f"GET /ctrl/1.0/{call} HTTP/1.1\r\nHost: x\r\nAuthorization: Storpool v1:{simulator.token if token is None else token}\r\n\r\n".encode())
        deadline = time.monotonic() + seconds
        while len(received) < limit:
            try:
                connection.settimeout(max(0.01, deadline - time.monotonic()))
                more = connection.recv(1 << 16)
            except ConnectionResetError:
                return bytes(received), "reset"
            except TimeoutError:
                return bytes(received), "silence"
            if not more:
                return bytes(received), "end"
            received += more
    return bytes(received), "limit"


def parts(reply):
    """Splits a reply into (status, fields, body)."""
    head, _, body = reply.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    assert status.startswith("HTTP/1.0 ")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


def switch_on(simulator, query):
    simulator.control("POST", f"fault?{query}")


def test_a_healthy_reply_is_as_documented(simulator):
    reply, ending = exchange(simulator)
    status, fields, body = parts(reply)
    assert (status, ending) == (200, "end")
    assert fields == {
        "Connection": "close", "Content-Type": "application/json", "Cache-control": "private",
        "Content-Length": str(len(body))}
    assert isinstance(json.loads(body)["generation"], int)


@pytest.mark.parametrize("wrong", ["", "{}0", "{} 1", "x{}", "x" * 400])
def test_the_simulator_accepts_only_the_exact_token(simulator, wrong):
    status, _, body = parts(exchange(simulator, token=wrong.format(simulator.token))[0])
    assert status == 403
    assert "error" in json.loads(body)


@pytest.mark.parametrize("kind", ALL)
def test_a_fault_affects_only_its_call_and_count_of_replies(simulator, kind):
    healthy, _ = exchange(simulator)
    switch_on(simulator, f"kind={kind}&call=VolumesList&count=1&share=1000")
    assert parts(exchange(simulator, "ServicesList")[0])[0] == 200
    damaged, ending = exchange(simulator, limit=len(healthy) * 3, seconds=1.0)
    if kind != "delay":
        assert (damaged, ending) != (healthy, "end")
    assert simulator.control("GET", "state")["faults"] == []
    assert exchange(simulator) == (healthy, "end")


def test_connections_are_accepted_again_after_a_refuse_fault(simulator):
    switch_on(simulator, "kind=refuse&seconds=0.5")
    deadline = time.monotonic() + SECONDS
    refused = False
    while True:
        try:
            reply, _ = exchange(simulator)
            if refused:
                break
        except ConnectionRefusedError:
            refused = True
        assert time.monotonic() < deadline
    assert parts(reply)[0] == 200


@pytest.mark.parametrize(
    "query, ending, length",
    [
        ("kind=reset&at=0", "reset", None), ("kind=reset", "reset", None), ("kind=truncate&at=100", "end", 100),
        ("kind=truncate&at=0", "end", 0), ("kind=stall&at=7", "silence", 7), ("kind=slow&rate=10", "silence", None),
    ])
def test_a_reply_breaks_at_the_requested_byte(simulator, query, ending, length):
    whole = len(parts(exchange(simulator)[0])[2])
    switch_on(simulator, query)
    reply, how = exchange(simulator, seconds=1.0)
    assert how == ending
    if length is not None:
        _, fields, body = parts(reply)
        assert int(fields["Content-Length"]) == whole
        assert len(body) == length
    else:
        assert len(reply) < whole


def test_a_delayed_reply_arrives_complete(simulator):
    healthy, _ = exchange(simulator)
    switch_on(simulator, "kind=delay&wait=0.7&count=2")
    assert exchange(simulator, seconds=0.2) == (b"", "silence")
    assert exchange(simulator) == (healthy, "end")


def test_a_hanging_call_gets_no_reply(simulator):
    switch_on(simulator, "kind=hang")
    assert exchange(simulator, seconds=0.5) == (b"", "silence")
    simulator.control("DELETE", "fault")
    assert exchange(simulator)[1] == "end"


@pytest.mark.parametrize(
    "query, status, check",
    [
        ("kind=html", 503, lambda body: body.startswith(b"<html>")),
        ("kind=status", 500, lambda body: json.loads(body)["error"]["name"] == "busy"),
        ("kind=status&status=404&name=gone", 404, lambda body: json.loads(body)["error"]["name"] == "gone"),
        ("kind=error", 200, lambda body: json.loads(body)["error"]["transient"] is False),
        ("kind=transient", 503, lambda body: json.loads(body)["error"]["transient"] is True),
        ("kind=transient&status=200", 200, lambda body: json.loads(body)["error"]["transient"] is True),
        ("kind=error-string", 200, lambda body: isinstance(json.loads(body)["error"], str)),
        ("kind=bad-token", 403, lambda body: "error" in json.loads(body)),
        ("kind=redirect", 302, lambda body: body == b""),
        ("kind=empty", 200, lambda body: body == b""),
        ("kind=no-data", 200, lambda body: list(json.loads(body)) == ["generation"]),
        ("kind=null-data", 200, lambda body: json.loads(body)["data"] is None),
        ("kind=data-not-list", 200, lambda body: json.loads(body)["data"] == {"a": 1}),
        ("kind=malformed&at=5", 200, lambda body: body[5] == 1),
        ("kind=malformed", 200, lambda body: body[len(body) // 2] == 1),
        ("kind=invalid-utf8&at=9", 200, lambda body: body[9] == 0xFF),
        ("kind=invalid-utf8", 200, lambda body: body.startswith(b'{"note":"\xc3(",')),
        ("kind=deep&amount=9", 200, lambda body: json.loads(body)["deep"] == [[[[[[[[[]]]]]]]]]),
        ("kind=trailing", 200, lambda body: body.endswith(b"]}\n" + b'{"and":"more"}')),
        ("kind=unknown-fields&share=1000", 200, lambda body: b"newInThisVersion" in body),
        ("kind=element-not-object&share=1000", 200, lambda b: not any(isinstance(e, dict) for e in json.loads(b)["data"])),
    ])
def test_a_fault_gives_the_requested_reply(simulator, query, status, check):
    switch_on(simulator, query)
    got, fields, body = parts(exchange(simulator)[0])
    assert got == status
    assert int(fields["Content-Length"]) == len(body)
    assert check(body)


@pytest.mark.parametrize("query, declared", [("kind=wrong-length&delta=-3", -3), ("kind=wrong-length&delta=9", 9)])
def test_a_wrong_length_is_declared(simulator, query, declared):
    switch_on(simulator, query)
    _, fields, body = parts(exchange(simulator)[0])
    assert int(fields["Content-Length"]) == len(body) + declared


def test_the_fault_endless_sends_a_body_without_an_end(simulator):
    switch_on(simulator, "kind=endless&count=1")
    reply, how = exchange(simulator, limit=8 << 20)
    assert how == "limit"
    assert "Content-Length" not in parts(reply)[1]
    switch_on(simulator, "kind=endless&count=1&amount=1000000")
    reply, how = exchange(simulator)
    assert (how, len(parts(reply)[2])) == ("end", 1_000_000)
    assert simulator.data("VolumesList")


@pytest.mark.parametrize("kind", ["tags-number", "tags-bool", "tags-empty-value", "duplicate-keys", "unknown-fields"])
def test_equivalent_elements_have_the_same_values(simulator, kind):
    def meaning(elements):
        def text(value):
            return {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value)

        return [
            (e["name"], e["size"], {k: text(v) for k, v in (e.get("tags") or {}).items() if text(v) != ""})
            for e in elements]

    healthy = meaning(simulator.data("SnapshotsList"))
    switch_on(simulator, f"kind={kind}&share=1000")
    damaged = simulator.data("SnapshotsList")
    assert meaning(damaged) == healthy


@pytest.mark.parametrize(
    "query", ["", "kind=none", "kind=slow&rate=0", "kind=slow&color=red", "kind=hang&seconds=-1", "kind=hang&count=x"])
def test_an_invalid_fault_is_refused(simulator, query):
    with pytest.raises(urllib.error.HTTPError) as caught:
        switch_on(simulator, query)
    assert caught.value.code == 400


@pytest.mark.parametrize(
    "bytes_", [b"\r\n" * 4, b"GET /\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", b"x" * 40_000, b"GET / HTTP/1.1\r\nno\r\n\r\n"])
def test_an_invalid_request_gets_an_error(simulator, bytes_):
    with socket.create_connection((simulator.host, simulator.port), timeout=SECONDS) as connection:
        connection.sendall(bytes_)
        assert int(connection.recv(1 << 16).split()[1]) >= 400


def test_slow_readers_do_not_block_other_clients(simulator):
    idle = [socket.create_connection((simulator.host, simulator.port)) for _ in range(200)]
    for connection in idle[:100]:
        connection.sendall(f"GET /ctrl/1.0/VolumesList HTTP/1.1\r\nHost: x\r\nAuthorization: Storpool v1:{simulator.token}\r\n\r\n".encode())
    assert exchange(simulator)[1] == "end"
    for connection in idle:
        connection.close()


def test_a_quit_request_ends_the_simulator(start):
    simulator = start(objects=10)
    assert simulator.control("POST", "quit") == {"quit": True}
    assert simulator.wait() == 0
