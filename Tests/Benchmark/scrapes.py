"""A client that asks for a page again and again and remembers how long each answer took, and one that does not read."""

import contextlib
import http.client
import pathlib
import socket
import subprocess
import sys
import threading
import time

#: Between one answer and the next request: enough for the exporter to do something else.
PAUSE = 0.01


class Scraper:
    """Asks over one connection that stays open, as Prometheus does, for the length of a block.

    With `reconnects` each request has a new connection: an idle one may be closed when there are too many.
    """

    def __init__(self, port, path="/metrics", encoding="identity", reconnects=False):
        self.reconnects = reconnects
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.path = path
        self.headers = {"Accept-Encoding": encoding, "Accept": "text/plain;version=0.0.4"}
        self.answers = []
        self.failure = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        self.connection.close()
        if self.failure:
            raise SystemExit(f"a scrape failed: {self.failure!r}")

    def run(self):
        try:
            while not self.stopping.wait(PAUSE):
                began = time.monotonic()
                self.connection.request("GET", self.path, headers=self.headers)
                response = self.connection.getresponse()
                response.read()
                if response.status != 200:
                    raise http.client.HTTPException(f"status {response.status}")
                self.answers.append((began, time.monotonic()))
                if self.reconnects:
                    self.connection.close()
        except (OSError, http.client.HTTPException) as failure:
            self.failure = failure

    def latencies_during(self, polls):
        """Of the answers that were under way while one of the polls was."""
        return [
            ended - began
            for began, ended in self.answers
            if any(began < poll["ended"] and ended > poll["began"] for poll in polls)
        ]


@contextlib.contextmanager
def busy_clients(port, count, flags):
    """A process of clients that repeat a request for the length of a block; see busy.py."""
    command = [sys.executable, pathlib.Path(__file__).parent / "busy.py", str(port), f"--clients={count}", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            if not process.stdout.readline():
                raise SystemExit("the busy clients have ended")
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def slow_reader(port):
    """A client that has asked for the page and reads nothing of it."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        yield client
