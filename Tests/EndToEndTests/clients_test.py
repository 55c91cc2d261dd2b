"""Replies to valid, unusual and hostile HTTP clients, and to other clients that connect at the same time."""

import contextlib
import errno
import os
import re
import select
import socket
import struct
import subprocess
import sys
import xml.etree.ElementTree
import zlib

import pytest

from testkit.hostile_clients import busy_clients
from testkit.pages import Page
from testkit.processes import SECONDS, Exporter, Simulator, free_port, running, stopped, wait_for

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
CONNECTIONS = 512
BYTES_PER_CLIENT = 16 << 10
# Maximum kernel memory of CONNECTIONS connections, both ends included, if the clients read nothing.
KERNEL_BOUND = 350 << 20
BUSY = [
    ("--path=/metrics",), ("--method=GET", "--path=/-/healthy"), ("--path=/metrics", "--field=Accept-Encoding: gzip"),
    ("--path=/metrics", "--pipeline=50"), ("--method=GET", "--path=/-/healthy", "--close")]


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    with running(interval="1h", objects=5000) as pair:
        yield pair


@pytest.fixture(name="exporter")
def fixture_exporter(pair):
    """The shared exporter. Checks before and after the test that it answers."""
    exporter = pair[1]
    assert exporter.metrics().metric("storpool_pve_up") == 1
    yield exporter
    assert exporter.is_running
    assert exporter.metrics().metric("storpool_pve_up") == 1


def connect(exporter, receive_buffer=None, seconds=SECONDS):
    client = socket.socket()
    client.settimeout(seconds)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", exporter.port))
    return client


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def read_all(client):
    """Receives until the exporter closes or resets the connection. Returns all bytes."""
    received = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while more := client.recv(1 << 16):
            received += more
    return bytes(received)


def exchange(exporter, request, ends=False):
    """Sends a request on a new connection and returns all that is received."""
    with connect(exporter) as client:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(request)
        if ends:
            client.shutdown(socket.SHUT_WR)
        return read_all(client)


def replies(received, heads=()):
    """(status, fields, body) of each reply. `heads` are the positions of replies to HEAD."""
    found = []
    while received:
        head, separator, rest = received.partition(b"\r\n\r\n")
        assert separator, received
        line, *fields = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        length = 0 if len(found) in heads else int(fields["content-length"])
        assert len(rest) >= length
        found.append((int(re.match(r"HTTP/1\.1 (\d{3}) ", line)[1]), fields, rest[:length]))
        received = rest[length:]
    return found


def request(target="/metrics", *fields, method="GET", version="HTTP/1.1", host="Host: localhost"):
    return "\r\n".join([f"{method} {target} {version}", *([host] if host else []), *fields, "", ""]).encode("latin-1")


LAST = "Connection: close"
ALLOWED = "GET, HEAD, OPTIONS"
SMUGGLED = request("/-/healthy", LAST)

# Each request has exactly one reply. The number is its status.
REFUSED = {
    "POST": (request(method="POST"), 405),
    "PUT of a body": (request("/metrics", "Content-Length: 3", LAST, method="PUT") + b"abc", 413),
    "GET with a body": (request("/metrics", "Content-Length: 3") + b"abc", 413),
    "body with Expect: 100-continue": (request("/metrics", "Content-Length: 3", "Expect: 100-continue"), 413),
    "TRACE": (request("/metrics", LAST, method="TRACE"), 405),
    "CONNECT": (b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
    "unknown method": (request("/metrics", LAST, method="FOO"), 501),
    "unknown method of an unknown path": (request("/nothing", LAST, method="BREW"), 501),
    "method in lower case": (request("/metrics", LAST, method="get"), 501),
    "long method": (request("/metrics", LAST, method="X" * 40), 501),
    "DELETE": (request("/", LAST, method="DELETE"), 405),
    "unknown path": (request("/nothing", LAST), 404),
    "path above": (request("/../etc/passwd", LAST), 404),
    "escaped .. in the path": (request("/%2e%2e/%2e%2e/etc/passwd", LAST), 404),
    "NUL in the path": (request("/metrics%00", LAST), 404),
    "no version": (b"GET /metrics\r\n\r\n", 400),
    "HTTP/2": (request(version="HTTP/2.0"), 505),
    "HTTP/0.9 by name": (request(version="HTTP/0.9"), 505),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "odd version": (request(version="HTTP/1.x"), 400),
    "no host": (request(host=None), 400),
    "two hosts": (request("/metrics", "Host: b"), 400),
    "space before the colon": (request("/metrics", "X : 1"), 400),
    "folded field": (request("/metrics", "X: 1", " 2"), 400),
    "no colon": (request("/metrics", "nonsense"), 400),
    "NUL in a field": (request("/metrics", "X: a\0b"), 400),
    "bare CR in a field": (request("/metrics", "X: a\rb"), 400),
    "spaces in the target": (b"GET /met rics HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)) + b"\r\n\r\n", 400),
    "binary": (bytes(range(128, 256)) * 4 + b"\r\n\r\n", 400),
    "long target": (request("/" + "a" * 9000), 414),
    "target of a megabyte": (request("/" + "a" * (1 << 20)), 414),
    "large field": (request("/metrics", "X: " + "a" * 20000), 431),
    "megabytes of fields": (request("/metrics", *["X: " + "a" * 1000] * 4000), 431),
    "many fields": (request("/metrics", *[f"X-{i}: 1" for i in range(101)]), 431),
    "large content": (request("/metrics", "Content-Length: 1000000") + b"a" * 1000000, 413),
    # Requests whose end is ambiguous: a proxy could find the end at a different byte.
    "length and chunks": (
        request("/metrics", "Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED, 400),
    "two lengths": (request("/metrics", "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED, 400),
    "list of lengths": (request("/metrics", f"Content-Length: 0, {len(SMUGGLED)}") + SMUGGLED, 400),
    "signed length": (request("/metrics", "Content-Length: +0") + SMUGGLED, 400),
    "negative length": (request("/metrics", "Content-Length: -1") + SMUGGLED, 400),
    "length beyond 64 bits": (request("/metrics", "Content-Length: 18446744073709551616") + SMUGGLED, 413),
    "hexadecimal length": (request("/metrics", "Content-Length: 0x0") + SMUGGLED, 400),
    "chunked is not the last coding": (request("/metrics", "Transfer-Encoding: chunked, identity") + b"0\r\n\r\n" + SMUGGLED, 400),
    "chunks twice": (request("/metrics", "Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n" + SMUGGLED, 400),
    "chunks in HTTP/1.0": (
        request("/metrics", "Transfer-Encoding: chunked", version="HTTP/1.0") + b"0\r\n\r\n" + SMUGGLED, 400),
    "space in Transfer-Encoding": (request("/metrics", "Transfer-Encoding : chunked") + b"0\r\n\r\n" + SMUGGLED, 400),
    "chunks": (request("/metrics", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED, 413),
    "space in a query": (request("/metrics?a b"), 400),
    "control character in a query": (request("/metrics?a\x01"), 400),
    "DEL in a query": (request("/metrics?a\x7f"), 400),
}


@pytest.mark.parametrize("sent, status", REFUSED.values(), ids=[name.replace(" ", "-") for name in REFUSED])
def test_a_bad_request_gets_one_reply_and_ends_the_connection(exporter, sent, status):
    ends = sent.startswith(b"POST")
    found = replies(exchange(exporter, sent, ends=ends))
    assert len(found) == 1, found
    assert found[0][0] == status
    assert found[0][1].get("connection") == "close" or ends
    if status == 405:
        assert found[0][1]["allow"] == ALLOWED


@pytest.mark.parametrize("target", ["*", "http://localhost", "http://localhost/metrics", "/metrics", "/favicon.ico"])
def test_the_reply_to_options_lists_the_methods(exporter, target):
    received = exchange(exporter, request(target, LAST, method="OPTIONS"))
    assert received.startswith(b"HTTP/1.1 204 ") and f"\r\nAllow: {ALLOWED}\r\n".encode() in received
    assert received.endswith(b"\r\n\r\n") and b"Content-Length" not in received


@pytest.mark.parametrize("query", [
    "collect[]=cpu", 'a={b|c}^"', "a=\\`<>'", "%", "%2", "%zz", "name=Zürich", "\xff\x80", "a=1&b=2;c/?:@",
])
def test_query_strings_of_prometheus_and_browsers_are_accepted(exporter, query):
    [(status, _, body)] = replies(exchange(exporter, request(f"/metrics?{query}", LAST)))
    assert status == 200 and b"storpool_pve_up 1" in body


def test_the_icon_is_served_to_browsers(exporter):
    status, fields, body = exporter.get("/favicon.ico")
    assert (status, fields["Content-Type"]) == (200, "image/svg+xml")
    assert "max-age=" in fields["Cache-Control"]
    assert xml.etree.ElementTree.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
    # The landing page must allow browsers to load the icon.
    assert "img-src 'self'" in exporter.get("/")[1]["Content-Security-Policy"]


def test_a_request_with_empty_content_keeps_the_connection(exporter):
    sent = request("/-/healthy", "Content-Length: 0") + request("/-/healthy", LAST)
    assert [status for status, _, _ in replies(exchange(exporter, sent))] == [200, 200]


@pytest.mark.parametrize("path", ["/metrics", "/", "/-/healthy", "/-/ready", "/nothing", "/favicon.ico"])
def test_head_has_the_same_fields_as_get(exporter, path):
    [(status, fields, body)] = replies(exchange(exporter, request(path, LAST)))
    [(head_status, head_fields, nothing)] = replies(exchange(exporter, request(path, LAST, method="HEAD")), heads={0})
    assert head_status == status
    assert not nothing and body
    for fresh in ("date", "content-length"):
        assert fields.pop(fresh) and head_fields.pop(fresh)
    assert head_fields == fields


@pytest.mark.parametrize("sent, status", [
    (request(method="HEAD", host=None), 400),
    (request("/metrics", "Content-Length: one", method="HEAD"), 400),
    (request("/metrics", " folded", method="HEAD"), 400),
    (request("/" + "a" * 9000, method="HEAD"), 414),
], ids=["no-host", "bad-length", "folded", "long-target"])
def test_a_bad_head_request_gets_an_error_without_content(exporter, sent, status):
    [(found, fields, _)] = replies(exchange(exporter, sent), heads={0})
    assert (found, fields["connection"]) == (status, "close")


def test_http_1_0_closes_unless_keep_alive_is_requested(exporter):
    [(status, fields, _)] = replies(exchange(exporter, request("/-/healthy", version="HTTP/1.0", host=None)))
    assert (status, fields["connection"]) == (200, "close")
    kept = request("/-/healthy", "Connection: keep-alive", version="HTTP/1.0")
    found = replies(exchange(exporter, kept * 3 + request("/-/healthy", version="HTTP/1.0")))
    assert [status for status, _, _ in found] == [200] * 4
    assert found[0][1]["connection"] == "keep-alive"


def test_pipelined_requests_are_answered_in_order(exporter):
    paths = ["/-/healthy", "/nothing", "/metrics"] * 30
    sent = b"".join(request(path) for path in paths) + request("/-/ready", LAST)
    assert [status for status, _, _ in replies(exchange(exporter, sent))] == [200, 404, 200] * 30 + [200]


def test_a_connection_serves_one_request_after_the_other(exporter):
    with connect(exporter) as client:
        stream = client.makefile("rb")
        for _ in range(200):
            client.sendall(request("/-/healthy"))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = stream.readline()
                assert line
                head += line
            length = int(re.search(rb"Content-Length: (\d+)", head)[1])
            assert len(stream.read(length)) == length


def test_a_client_that_shut_down_its_sending_side_is_answered(exporter):
    [(status, _, body)] = replies(exchange(exporter, request(), ends=True))
    assert status == 200 and body.endswith(b"\n")


def test_a_request_that_arrives_byte_by_byte_is_answered(exporter):
    with connect(exporter) as client:
        for byte in request("/-/healthy", LAST):
            client.send(bytes([byte]))
        assert [status for status, _, _ in replies(read_all(client))] == [200]


def test_an_error_reaches_a_client_that_is_still_sending(exporter):
    for fields, expected in (("X: " + "a" * 20000,), 431), ((f"Content-Length: {4 << 20}",), 413):
        [(status, _, _)] = replies(exchange(exporter, request("/metrics", *fields) + b"b" * (4 << 20)))
        assert status == expected


def test_a_gzip_page_is_one_gzip_member_with_the_same_objects(exporter):
    _, _, plain = exporter.get("/metrics")
    for _ in range(3):
        status, fields, packed = exporter.get("/metrics", Accept_Encoding="gzip")
        assert (status, fields["Content-Encoding"]) == (200, "gzip")
        member = zlib.decompressobj(wbits=31)
        text = member.decompress(packed)
        assert member.eof and member.unused_data == b""
        assert len(packed) < len(text) / 4
        objects = [line for line in text.splitlines() if is_about_objects(line)]
        assert objects == [line for line in plain.splitlines() if is_about_objects(line)]
        assert len(objects) > 1000
        assert fields["Vary"]
    assert "Content-Encoding" not in exporter.get("/metrics", Accept_Encoding="gzip;q=0")[1]
    assert "Content-Encoding" not in exporter.get("/metrics", Accept_Encoding="br, zstd")[1]


def is_about_objects(line):
    own = (b"polls", b"poll_", b"http_", b"journal", b"api_")
    return line.startswith(b"storpool_pve_") and not line[len(b"storpool_pve_"):].startswith(own)


def test_both_formats_have_the_same_samples(exporter):
    _, fields, text = exporter.get("/metrics", Accept="text/plain;version=0.0.4")
    assert fields["Content-Type"].startswith("text/plain; version=0.0.4")
    _, fields, open_text = exporter.get("/metrics", Accept=OPENMETRICS)
    assert fields["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert open_text.endswith(b"\n# EOF\n") and b"# EOF" not in text
    assert [line for line in text.splitlines() if is_about_objects(line)] == [
        line for line in open_text.splitlines() if is_about_objects(line)]


# Many clients at once.

def scrape_while(exporter, situation):
    """Fetches the page three times and returns the third one. A failure message contains `situation`."""
    for _ in range(3):
        page = exporter.metrics()
        assert page.metric("storpool_pve_up") == 1, situation
    return page


def settled(exporter):
    """Waits until the connections of the test are closed and returns the page."""
    return exporter.wait_for(lambda page: page.metric("storpool_pve_http_connections") <= 2, "the connections are closed")


def test_a_thousand_idle_connections_block_no_other_client(exporter):
    before = settled(exporter)
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(connect(exporter))
        page = scrape_while(exporter, "a thousand clients are idle")
        assert page.metric("storpool_pve_http_connections") <= CONNECTIONS
        closed = [page.metric("storpool_pve_http_refused_total", reason="connections") for page in (before, page)]
        assert closed[1] - closed[0] >= 1000 - CONNECTIONS
    settled(exporter)


def test_slowly_sent_heads_block_no_other_client(exporter):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(exporter)) for _ in range(300)]
        for byte in request()[:20]:
            for client in clients:
                client.send(bytes([byte]))
        page = scrape_while(exporter, "300 clients send their requests slowly")
        assert page.metric("storpool_pve_http_connections") >= 300
    settled(exporter)


def test_slow_readers_share_one_copy_of_the_page(exporter):
    memory = exporter.status("RssAnon")
    size = len(exporter.metrics().text)
    assert size > 100_000
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(exporter, receive_buffer=2048)) for _ in range(200)]
        for client in clients:
            client.sendall(request() * 5)
        scrape_while(exporter, "200 clients do not read")
        for client in clients:
            client.recv(100)
        scrape_while(exporter, "200 clients read a little")
        # 200 clients together need far less memory than 200 copies of the page.
        assert exporter.status("RssAnon") - memory < 200 * BYTES_PER_CLIENT < 200 * size / 10
    settled(exporter)


def tcp_memory(exporter):
    """Kernel memory in bytes of both ends of the exporter's connections (ss(8), skmem: r, f, w and bl)."""
    done = subprocess.run(
        ["ss", "--tcp", "--numeric", "--no-header", "--memory", f"sport = :{exporter.port} or dport = :{exporter.port}"],
        check=True, capture_output=True, text=True, timeout=SECONDS)
    sizes = re.findall(r"skmem:\(r(\d+),rb\d+,t\d+,tb\d+,f(\d+),w(\d+),o\d+,bl(\d+)", done.stdout)
    return sum(int(size) for socket_sizes in sizes for size in socket_sizes)


def test_clients_that_read_nothing_use_little_kernel_memory():
    with running(interval="1h", objects=20_000) as (_, exporter):
        page = len(exporter.metrics().text)
        assert page > 2 << 20
        with contextlib.ExitStack() as stack:
            poll = select.poll()
            for _ in range(CONNECTIONS):
                client = stack.enter_context(connect(exporter))
                client.sendall(request() * (12_000_000 // page + 1))
                poll.register(client, select.POLLIN)
            wait_for("every client receives a reply", lambda: len(poll.poll(0)) == CONNECTIONS)
            held = []

            def is_full():
                """Whether the last ten measurements found no growth."""
                held.append(tcp_memory(exporter))
                return len(held) > 10 and max(held) == max(held[:-10])
            wait_for("kernel memory no longer grows", is_full)
            assert 0 < max(held) < KERNEL_BOUND
            assert exporter.get("/-/healthy")[0] == 200
            assert exporter.metrics().metric("storpool_pve_http_connections") == CONNECTIONS


@pytest.mark.parametrize("flags", BUSY, ids=["HEAD", "healthy", "HEAD-with-gzip", "pipelining", "connecting"])
def test_busy_clients_do_not_delay_a_poll(flags):
    """Each iteration of the event loop answers only a few clients, so that polls and scrapes continue."""
    with Simulator(objects=20_000) as simulator, Exporter(simulator, interval="1h") as exporter:
        exporter.wait_until_up()
        # Clients that reconnect use only half of the allowed connections. At the limit, a new connection could replace that
        # of a scrape.
        with busy_clients(exporter, CONNECTIONS // 2 if "--close" in flags else CONNECTIONS, flags):
            before = exporter.metrics()
            after = exporter.poll(before)
            assert after.metric("storpool_pve_poll_failures_total") == 0
        answered = [page.metric("storpool_pve_http_requests_total", code="200") for page in (before, after)]
        # A poll of these objects takes a few hundred iterations of the loop.
        assert answered[1] - answered[0] < 20_000


def test_a_slow_reader_gets_the_whole_page(exporter):
    with connect(exporter, receive_buffer=2048) as client:
        client.sendall(request("/metrics", LAST))
        received = bytearray()
        while more := client.recv(1000):
            received += more
    [(status, _, body)] = replies(bytes(received))
    assert status == 200 and b"process_start_time_seconds" in body


def test_clients_may_reset_connections_at_any_moment(exporter):
    for number in range(300):
        client = connect(exporter, receive_buffer=2048)
        if number % 3:
            client.sendall(request() * (number % 4 + 1))
        if number % 3 == 2:
            client.recv(10)
        reset(client)
    scrape_while(exporter, "300 clients have disconnected")
    settled(exporter)


def test_clients_may_disconnect_during_replies(exporter):
    before = exporter.metrics().metric("storpool_pve_http_refused_total", reason="reset")
    for _ in range(100):
        with connect(exporter, receive_buffer=2048) as client:
            client.sendall(request() * 8)
    page = exporter.wait_for(
        lambda page: page.metric("storpool_pve_http_refused_total", reason="reset") > before, "a reply could not be sent")
    assert page.metric("storpool_pve_up") == 1


def test_many_clients_may_send_garbage(exporter):
    with contextlib.ExitStack() as stack:
        for number in range(200):
            client = stack.enter_context(connect(exporter))
            client.sendall(bytes((number * 7 + i * 31) % 256 for i in range(500)))
        scrape_while(exporter, "200 clients have sent garbage")
    settled(exporter)


def test_scrapes_are_answered_while_one_client_pipelines(exporter):
    with connect(exporter) as client:
        client.setblocking(False)
        burst = request("/-/healthy") * 2000
        for _ in range(3):
            with contextlib.suppress(BlockingIOError):
                client.send(burst)
            scrape_while(exporter, "a client pipelines requests")


def test_scrapes_are_answered_while_hundreds_of_clients_pipeline(exporter):
    """All requests are sent while the exporter is suspended. Each page has the number of requests answered before it.

    The exporter may answer some of the five scrapes early. Therefore the test uses the scrape that was answered last.
    """
    pipeliners, each = 300, 400
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(exporter)) for _ in range(pipeliners)]
        others = [stack.enter_context(connect(exporter)) for _ in range(5)]
        before = exporter.wait_for(
            lambda page: page.metric("storpool_pve_http_connections") > pipeliners + len(others), "the connections are accepted")
        with stopped(exporter):
            for number, client in enumerate(clients):
                if number % (pipeliners // len(others)) == 0:
                    others[number * len(others) // pipeliners].sendall(request("/metrics", LAST))
                client.setblocking(False)
                client.sendall(request(method="HEAD") * each)
        pages = [before, *(Page(replies(read_all(other))[0][2].decode()) for other in others)]
        first, *answered = [page.metric("storpool_pve_http_requests_total", code="200") for page in pages]
        assert pipeliners / 4 < max(answered) - first < 5 * pipeliners
    settled(exporter)


def test_all_allowed_connections_can_be_opened_at_once(exporter):
    """The listen backlog has room for all allowed connections while the exporter is suspended."""
    with contextlib.ExitStack() as stack:
        with stopped(exporter):
            clients = [stack.enter_context(socket.socket()) for _ in range(CONNECTIONS)]
            poll = select.poll()
            for client in clients:
                client.setblocking(False)
                assert client.connect_ex(("127.0.0.1", exporter.port)) in {0, errno.EINPROGRESS}
                poll.register(client, select.POLLOUT)
            wait_for("all clients are connected", lambda: len(poll.poll(0)) == CONNECTIONS)
        assert {client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for client in clients} == {0}
        # Each of the three scrapes replaces one client, unless the connection of the previous scrape is already closed.
        page = scrape_while(exporter, "hundreds of clients connected at once")
        assert CONNECTIONS - 2 <= page.metric("storpool_pve_http_connections") <= CONNECTIONS
    settled(exporter)


@pytest.mark.parametrize("descriptors", [64, 24])
def test_idle_connections_leave_descriptors_for_polls(descriptors):
    """The exporter itself needs more than half of the 24 descriptors in the second case."""
    few = ("sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh")
    with Simulator() as simulator, Exporter(simulator, interval="1h", wrapper=few) as exporter:
        page = exporter.wait_until_up()
        with contextlib.ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(connect(exporter))
            for _ in range(3):
                assert exporter.get("/-/healthy")[0] == 200
            if descriptors == 64:
                page = exporter.poll(page)
                assert page.metric("storpool_pve_poll_failures_total") == 0
                assert page.metric("storpool_pve_http_refused_total", reason="resources") == 0
        settled(exporter)


@pytest.fixture(name="slow_clients")
def fixture_slow_clients():
    with running(interval="1h", objects=5000) as (_, exporter):
        with connect(exporter) as idle, connect(exporter) as slow, connect(exporter, receive_buffer=2048) as reader:
            slow.sendall(b"GET /metrics HTTP/1.1\r\nHos")
            reader.sendall(request() * 50)
            yield exporter, idle, slow, reader


@pytest.mark.long
def test_clients_that_take_too_long_are_disconnected(slow_clients):
    """A client has 10 s to send a request head, 30 s to send its first byte, and 30 s to read a reply."""
    exporter, idle, slow, reader = slow_clients
    [(status, _, _)] = replies(read_all(slow))
    assert status == 408
    assert read_all(idle) == b""
    page = exporter.wait_for(
        lambda page: page.metric("storpool_pve_http_refused_total", reason="write-timeout") == 1, "the last timeout")
    assert page.metric("storpool_pve_http_refused_total", reason="head-timeout") == 1
    assert page.metric("storpool_pve_http_refused_total", reason="idle-timeout") == 1


# Listen addresses.

def test_a_unix_socket_is_served_and_removed_at_exit(tmp_path):
    path = tmp_path / "exporter.socket"
    with Simulator() as simulator, Exporter(simulator, listen=("127.0.0.1:0", f"unix:{path}")) as exporter:
        exporter.wait_until_up()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(str(path))
            client.sendall(request("/metrics", LAST))
            [(status, _, body)] = replies(read_all(client))
        assert status == 200 and b"\nstorpool_pve_up 1\n" in body
        assert exporter.stop() == 0
        assert not path.exists()


def test_the_log_names_the_mode_of_a_unix_socket(tmp_path):
    path = tmp_path / "exporter.socket"
    wrapper = ("sh", "-c", 'umask 077; exec "$@"', "sh")
    with Exporter("http://127.0.0.1:1", listen=("127.0.0.1:0", f"unix:{path}"), wrapper=wrapper) as exporter:
        [line] = [line for line in exporter.log.splitlines() if f"listening on unix:{path}" in line]
        assert path.stat().st_mode & 0o777 == 0o700 and "(mode 0700)" in line
        assert "SocketMode=" in line and "SocketGroup=" in line


def test_ipv4_and_ipv6_wildcards_can_share_a_port():
    port = free_port()
    wildcards = (f"0.0.0.0:{port}", f"[::]:{port}")
    for addresses, count in (wildcards * 2, 2), ((f":{port}", f":{port}", *wildcards), 1), ((wildcards[0], f"127.0.0.1:{port}"), 1):
        with Exporter("http://127.0.0.1:1", listen=addresses) as exporter:
            assert exporter.get("/-/healthy")[0] == 200
            assert exporter.log.count("listening on ") == count


@pytest.mark.parametrize("flags", [(), ("127.0.0.1:0",)], ids=["alone", "with-a-free-port"])
def test_the_error_about_a_port_in_use_names_the_port(flags):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with Exporter("http://127.0.0.1:1", listen=(*flags, address), wait=False) as exporter:
            assert exporter.wait() == 1
            assert address in exporter.log
            assert os.strerror(errno.EADDRINUSE) in exporter.log
            assert "EADDRINUSE" in exporter.log or str(errno.EADDRINUSE) in exporter.log


def test_the_error_about_a_unix_socket_in_use_names_it(tmp_path):
    path = tmp_path / "taken"
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(path))
        taken.listen()
        with Exporter("http://127.0.0.1:1", listen=(f"unix:{path}",), wait=False) as exporter:
            assert exporter.wait() == 1
            assert str(path) in exporter.log
            assert os.strerror(errno.EADDRINUSE) in exporter.log
    assert path.exists()


CLOSED_ERROR = "import os, sys; r, w = os.pipe(); os.dup2(w, 2); os.close(r); os.close(w); os.execv(sys.argv[1], sys.argv[1:])"


def test_the_exporter_runs_on_with_a_closed_standard_error():
    port = free_port()
    with Simulator() as simulator:
        with Exporter(
                simulator, "--log.level", "debug", listen=(f"127.0.0.1:{port}",), wait=False,
                wrapper=(sys.executable, "-c", CLOSED_ERROR)) as exporter:
            exporter.listens_on(port)

            def answers():
                with contextlib.suppress(OSError):
                    return exporter.metrics()
                assert exporter.is_running
                return None
            wait_for("the exporter answers", answers)
            exporter.wait_until_up()
            simulator.fault("error")
            exporter.wait_for(lambda page: page.metric("storpool_pve_up") == 0, "a failure")
            assert exporter.stop() == 0
