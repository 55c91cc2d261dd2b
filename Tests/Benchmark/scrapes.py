"""A scraper that asks for the page again and again, and remembers how long each answer took."""

import http.client
import threading
import time

#: Between one answer and the next request: enough for the exporter to do something else.
PAUSE = 0.01


class Scraper:
    """Scrapes over one connection that stays open, as Prometheus does, for the length of a block."""

    def __init__(self, port, encoding):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
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
                self.connection.request("GET", "/metrics", headers=self.headers)
                response = self.connection.getresponse()
                response.read()
                if response.status != 200:
                    raise http.client.HTTPException(f"status {response.status}")
                self.answers.append((began, time.monotonic()))
        except (OSError, http.client.HTTPException) as failure:
            self.failure = failure

    def wait_for(self, count):
        """Returns once so many scrapes were answered, or one failed."""
        while len(self.answers) < count and self.thread.is_alive():
            time.sleep(PAUSE)

    def latencies_during(self, polls):
        """Of the scrapes that were under way while one of the polls was."""
        return [
            ended - began
            for began, ended in self.answers
            if any(began < poll["ended"] and ended > poll["began"] for poll in polls)
        ]
