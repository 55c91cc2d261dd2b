"""A simulated cluster whose anomalies a test puts in, and an exporter that polls when a test says so."""

import contextlib
import http.server
import json
import re
import subprocess
import threading

import harness
from journal import journal_entries

SECONDS = 60
# Runs a program that finds no journal.
HIDDEN = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run/systemd/journal && exec "$@"', "sh"]


class Cluster(harness.Simulator):
    """A simulator whose anomalies come and go."""

    def plant(self, reason):
        return self.control("POST", f"anomaly?reason={reason}")

    def repair(self, planted):
        return self.control("DELETE", f"anomaly?id={planted['globalId']}")


class Exporter(harness.Exporter):
    """A running exporter that polls at its start, and then when told to."""

    def fetch(self, **headers):
        """The page as text."""
        status, _, body = self.get("/metrics", **headers)
        assert status == 200
        return body.decode()

    def value(self, series):
        """The value of the series written so; None when it is not on the page."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.fetch(), flags=re.M)
        return float(found[1]) if found else None

    def values(self, family):
        """The values of all series of a family, by their labels as written."""
        return {labels or "": float(value) for labels, value in re.findall(
            rf"^{family}(?:\{{(.*)\}})? (\S+)$", self.fetch(), flags=re.M)}

    def wait_for_polls(self, count):
        return self.wait_for(lambda page: page.metric("storpool_pve_polls_total") >= count, f"{count} polls", SECONDS)

    def polls(self, times=1):
        for _ in range(times):
            self.poll(seconds=SECONDS)

    def rows(self):
        """What `list` says of the same cluster."""
        done = subprocess.run(
            [harness.program("storpool-pve-exporter", "STORPOOL_PVE_EXPORTER"), "list", "--storpool.url", self.api,
             "--storpool.token-file", self.token_file, "--format", "json"],
            check=True, capture_output=True, text=True, timeout=SECONDS, env=harness.environment())
        return [json.loads(line) for line in done.stdout.splitlines()]


@contextlib.contextmanager
def watching(api, *flags, interval="1h", space="1h", templates="1h", wrapper=(), **variables):
    """An exporter that has polled once, and ends well unless the test ends it."""
    with Exporter(
            api, *flags, interval=interval, space=space, templates=templates, wrapper=wrapper,
            variables=variables) as exporter:
        exporter.api = getattr(api, "url", api)
        exporter.wait_for_polls(1)
        yield exporter
        if exporter.is_running:
            assert exporter.stop(seconds=SECONDS) == 0, exporter.log
        assert harness.TOKEN not in exporter.log


@contextlib.contextmanager
def scripted(volumes=(), snapshots=()):
    """The URL of an API that has these objects, whatever they say."""
    replies = {"VolumesList": volumes, "VolumesSpace": volumes, "SnapshotsList": snapshots, "SnapshotsSpace": snapshots}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # pylint: disable=invalid-name
            elements = list(replies.get(self.path.rsplit("/", 1)[1], ()))
            body = json.dumps({"generation": 1, "data": elements}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def entries(running):
    """What the journal has of a run, oldest first, without the fields that journald adds."""
    expected = sum(running.values("storpool_pve_journal_events_total").values())
    assert running.value("storpool_pve_journal_failures_total") == 0
    found = journal_entries([running.pid], since=running.started, expected=expected)
    assert len(found) == expected, "the journal has more than was counted"
    return [{name: value for name, value in entry.items() if not name.startswith("_")} for entry in found]


def told(found):
    """The events of anomalies, short."""
    return sorted((entry["STORPOOL_PVE_EVENT"], entry.get("ANOMALY_REASON"), entry.get("STORPOOL_GLOBAL_ID"))
                  for entry in found)
