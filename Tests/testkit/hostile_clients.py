"""HTTP clients that misbehave."""

import contextlib
import pathlib
import socket
import struct
import subprocess
import sys

from testkit.processes import SECONDS


def idle(client):
    """Sends nothing."""
    del client


def slow_head(client):
    """Sends the beginning of a request head but not the rest."""
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")


def slow_reader(client):
    """Requests many pages and reads nothing."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50)


def pipeliner(client):
    """Sends hundreds of requests at once, among them the most expensive ones."""
    with contextlib.suppress(OSError):
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)


def reset(client):
    """Sends a request and resets the connection."""
    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def garbage(client):
    """Sends bytes that are not HTTP."""
    with contextlib.suppress(OSError):
        client.sendall(bytes(range(256)) * 64)


def smuggling(client):
    """Sends a request whose end is ambiguous (RFC 9112, section 11.2)."""
    with contextlib.suppress(OSError):
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")


ATTACKS = [idle, slow_head, slow_reader, pipeliner, reset, garbage, smuggling]
CLIENTS = 40


@contextlib.contextmanager
def attacked(exporter, attack, clients=CLIENTS):
    """Connects `clients` clients, each of which makes this attack, and keeps them during the block."""
    with contextlib.ExitStack() as stack:
        for _ in range(clients):
            attack(stack.enter_context(socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS)))
        yield


@contextlib.contextmanager
def busy_clients(exporter, count, flags):
    """Runs `count` clients of busy.py during the block."""
    command = [sys.executable, pathlib.Path(__file__).with_name("busy.py"), str(exporter.port), f"--clients={count}", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"busy\n", "the busy clients have ended"
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def silent_reader(exporter):
    """A client that requests the page and does not read the reply."""
    with socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        yield client
