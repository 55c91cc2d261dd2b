"""Starts the simulator, and asks it things.

The program is the one STORPOOL_SIMULATOR names, else the one in BIN_DIR, else that of a debug build.
"""

import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest

TOKEN = "1234567890123456789"
DEFAULT_DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / ".build/debug"


def program():
    directory = os.environ.get("BIN_DIR", str(DEFAULT_DIRECTORY))
    return os.environ.get("STORPOOL_SIMULATOR", f"{directory}/storpool-simulator")


class Simulator:
    """A running simulator; ends with the `with` block."""

    def __init__(self, *flags):
        self.token = TOKEN
        self.process = subprocess.Popen(
            [program(), "--token", TOKEN, *flags], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the simulator did not start"
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port = parts.hostname, parts.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0

    def control(self, method, command):
        """The JSON that a control path answers with."""
        request = urllib.request.Request(f"{self.url}/control/{command}", method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def raw(self, call, token=TOKEN, timeout=30):
        """Status and body of a call of the API."""
        request = urllib.request.Request(
            f"{self.url}/ctrl/1.0/{call}", headers={"Authorization": f"Storpool v1:{token}"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def data(self, call):
        status, body = self.raw(call)
        assert status == 200
        return json.loads(body)["data"]


@pytest.fixture(name="start")
def fixture_start():
    """Starts simulators that end with the test."""
    running = []

    def start(*flags):
        running.append(Simulator(*flags))
        return running[-1]

    yield start
    for simulator in running:
        simulator.__exit__()
