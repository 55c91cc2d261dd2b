"""A client that repeats a request and records the response times."""

import http.client
import threading
import time

# Pause in seconds between a response and the next request. It gives the exporter time for other work.
PAUSE = 0.01


class Scraper:
    """Sends requests over one connection, as Prometheus does, during the `with` block.

    With `reconnects`, opens a new connection for each request. Use this with many clients, because the exporter may then
    close idle connections.
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
        """The response times in seconds of the requests that overlap one of the polls."""
        return [
            ended - began
            for began, ended in self.answers
            if any(began < poll["ended"] and ended > poll["began"] for poll in polls)
        ]
