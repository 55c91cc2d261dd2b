"""Clients that a server on a hypervisor meets, and must not mind."""

import contextlib
import socket
import struct


def idle(client):
    """Says nothing."""
    del client


def slow_head(client):
    """Never ends its head."""
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")


def slow_reader(client):
    """Asks much and reads nothing."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50)


def pipeliner(client):
    """Asks for hundreds of things at once, in whatever way costs most."""
    with contextlib.suppress(OSError):
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)


def reset(client):
    """Asks, and resets the connection."""
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def garbage(client):
    """Speaks no HTTP."""
    with contextlib.suppress(OSError):
        client.sendall(bytes(range(256)) * 64)


def smuggling(client):
    """Sends what two programs could delimit differently."""
    with contextlib.suppress(OSError):
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")


ATTACKS = [idle, slow_head, slow_reader, pipeliner, reset, garbage, smuggling]
CLIENTS = 40
CONNECT_SECONDS = 5


@contextlib.contextmanager
def beset(exporter, attack, clients=CLIENTS):
    """Many such clients at once."""
    with contextlib.ExitStack() as stack:
        for _ in range(clients):
            attack(stack.enter_context(socket.create_connection(("127.0.0.1", exporter.port), timeout=CONNECT_SECONDS)))
        yield
