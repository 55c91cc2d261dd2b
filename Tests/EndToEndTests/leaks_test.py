"""Descriptors and memory are the same before and after many polls and connections."""

import contextlib
import os
import re
import signal
import socket
import struct
import sys

import pytest

from testkit.processes import SECONDS, running, wait_for

# Number of polls or connections. The first measurement comes after half of them, when the memory of the allocator is almost
# stable.
COUNTS = [400, pytest.param(1000, marks=pytest.mark.long)]
CLIENTS = 600
# Maximum growth of the memory in bytes. Without a leak, up to 64 KiB were seen after 200 polls. In the long test, a leak of
# 263 bytes per poll or connection exceeds the limit.
GROWTH = 128 << 10
# Disables huge pages (PR_SET_THP_DISABLE, prctl(2)), because one huge page is 16 times as large as GROWTH.
SMALL_PAGES = (
    sys.executable, "-c",
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(41, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])")


def descriptors(exporter):
    """The type of each open descriptor, such as `socket`, sorted."""
    folder = f"/proc/{exporter.pid}/fd"
    found = []
    for name in os.listdir(folder):
        # The descriptor may have been closed after listdir() returned.
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(f"{folder}/{name}").split(":")[0])
    return sorted(found)


def has_connection(exporter):
    """Whether the exporter has an open connection.

    In /proc/PID/net/tcp, state 0A is a listening socket, and inode 0 is a socket that its process has closed.
    """
    port = f":{exporter.port:04X}"
    with open(f"/proc/{exporter.pid}/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return any(row[1].endswith(port) and row[3] != "0A" and row[9] != "0" for row in rows)


def settled_descriptors(exporter):
    """Waits until no client is connected and returns the types of the open descriptors."""
    wait_for("the connections are closed", lambda: not has_connection(exporter))
    return descriptors(exporter)


def memory(exporter):
    """Anonymous memory in bytes. Pages of the program file do not count."""
    with open(f"/proc/{exporter.pid}/smaps_rollup", encoding="ascii") as figures:
        return int(re.search(r"^Anonymous:\s+(\d+) kB$", figures.read(), re.M)[1]) * 1024


def poll(exporter, times):
    page = exporter.metrics()
    for _ in range(times):
        page = exporter.poll(page)
    return page


def visit(exporter, times):
    """Opens connections with valid, invalid and aborted requests, one after the other."""
    for number in range(times):
        with socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS) as client:
            if number % 4 == 0:
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
            elif number % 4 == 1:
                client.sendall(b"nonsense\r\n\r\n")
            elif number % 4 == 2:
                client.sendall(b"GET /metrics HTTP/1.1\r\nHo")
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                continue
            else:
                client.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while client.recv(1 << 16):
                    pass


@pytest.mark.parametrize("count", COUNTS)
def test_polls_leave_nothing_behind(count):
    with running(interval="1h", objects=20, wrapper=SMALL_PAGES) as (_, exporter):
        poll(exporter, count // 2)
        before, held = settled_descriptors(exporter), memory(exporter)
        page = poll(exporter, count - count // 2)
        assert page.metric("storpool_pve_polls_total") >= count
        assert page.metric("storpool_pve_poll_failures_total") == 0
        assert settled_descriptors(exporter) == before
        assert memory(exporter) - held < GROWTH


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.long)])
def test_failed_and_cancelled_polls_leave_nothing_behind(count):
    with running(exporter_flags=["--storpool.timeout", "20s"], interval="1h", objects=20, wrapper=SMALL_PAGES) as (simulator, exporter):
        def fail(times):
            for number in range(times):
                kind = ["reset", "truncate", "error", "malformed", "html", "close"][number % 6]
                simulator.clear_faults()
                simulator.fault(kind, call=["VolumesList", "SnapshotsList"][number % 2])
                exporter.poll()
                if number % 5 == 0:
                    # This poll hangs. The next poll cancels it.
                    simulator.clear_faults()
                    simulator.fault("hang")
                    asked = simulator.state["requests"]["VolumesList"]
                    exporter.send(signal.SIGHUP)
                    exporter.wait_for(
                        lambda _, asked=asked: simulator.state["requests"]["VolumesList"] > asked, "a call hangs")
            simulator.clear_faults()
            exporter.poll()
        fail(20)
        before, held = settled_descriptors(exporter), memory(exporter)
        fail(count)
        assert settled_descriptors(exporter) == before
        assert memory(exporter) - held < GROWTH


@pytest.mark.parametrize("count", COUNTS)
def test_connections_leave_nothing_behind(count):
    with running(interval="1h", objects=20, wrapper=SMALL_PAGES) as (_, exporter):
        visit(exporter, count // 2)
        before, held = settled_descriptors(exporter), memory(exporter)
        visit(exporter, count - count // 2)
        assert settled_descriptors(exporter) == before
        assert memory(exporter) - held < GROWTH


def test_hundreds_of_connections_at_once_leave_nothing_behind():
    with running(interval="1h", objects=20, wrapper=SMALL_PAGES) as (_, exporter):
        def connect_all():
            with contextlib.ExitStack() as stack:
                for _ in range(CLIENTS):
                    client = socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS)
                    stack.enter_context(client).sendall(b"GET /metrics HTTP/1.1\r\n")
                exporter.metrics()
        connect_all()
        before, held = settled_descriptors(exporter), memory(exporter)
        for _ in range(2):
            connect_all()
        assert settled_descriptors(exporter) == before
        assert memory(exporter) - held < GROWTH
