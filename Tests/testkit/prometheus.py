"""A real Prometheus, and the servers that it scrapes besides the exporter."""

import contextlib
import json
import re
import shutil
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

from testkit.processes import SECONDS, Exporter, Program, environment, free_port, wait_for
from testkit.servers import QuietHandler

JOB = "storpool-pve"
# Maximum number of connections that the exporter keeps open.
CONNECTIONS = 512


class Templates:
    """A StorPool API that forwards the replies of a simulator and changes how full the templates are."""

    def __init__(self, simulator):
        self.used = 0.5
        self.slope = 0.0
        self.before = self.used
        self.start = time.monotonic()
        templates = self

        class Handler(QuietHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                request = urllib.request.Request(
                    simulator.url + self.path, headers={"Authorization": self.headers["Authorization"]})
                try:
                    with urllib.request.urlopen(request, timeout=SECONDS) as reply:
                        status, body = reply.status, reply.read()
                except urllib.error.HTTPError as error:
                    with error:
                        status, body = error.code, error.read()
                except OSError:
                    self.close_connection = True
                    return
                if status == 200 and self.path.endswith("/VolumeTemplatesStatus"):
                    body = templates.with_usage(body)
                self.reply(status, body, "application/json")

        self.handler = Handler

    @property
    def share(self):
        return min(1, self.used + self.slope * (time.monotonic() - self.start))

    def fill(self):
        """From now on, one template has no free space."""
        self.before, self.used, self.slope = self.share, 1.0, 0.0

    def empty(self):
        """From now on, templates are as full as they were before `fill`."""
        self.used = self.before

    def with_usage(self, body):
        document = json.loads(body)
        used = self.share
        for number, template in enumerate(document["data"]):
            stored = template["stored"]
            # The first template keeps its free space, so that tables also show a template that does not fill up.
            if number:
                stored["free"] = int(stored["capacity"] * (1 - used / number))
        return json.dumps(document).encode()


class Guests:
    """Pages of prometheus-pve-exporter, one per cluster, empty until a test publishes guests."""

    def __init__(self):
        self.pages = {}
        guests = self

        class Handler(QuietHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                self.reply(200, guests.pages.get(self.path.strip("/"), "").encode())

        self.handler = Handler

    def clear(self):
        """Makes all pages empty."""
        self.pages.clear()

    def publish(self, cluster, vmids, *, with_cluster):
        lines = [
            f'pve_guest_info{{id="{"lxc" if number % 5 == 0 else "qemu"}/{vmid}",name="{cluster}-web-{vmid}",'
            f'node="{cluster}-node{number % 3}",tags="",template="0",type="qemu"}} 1' for number, vmid in
            enumerate(sorted(vmids))]
        if with_cluster:
            lines.append(f'pve_cluster_info{{id="cluster/{cluster}",nodes="3",quorate="1",version="7"}} 1')
        self.pages[cluster] = "\n".join(lines) + "\n"


class Prometheus:
    """A Prometheus with its own configuration and data. It scrapes and evaluates rules at short intervals."""

    def __init__(self, folder, scrape_configs, rule_files=(), interval="1s"):
        # Every JSON document is also YAML.
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": dict.fromkeys(("scrape_interval", "scrape_timeout", "evaluation_interval"), interval),
            "scrape_configs": scrape_configs, "rule_files": list(map(str, rule_files))}), encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}/api/v1"
        self.program = Program(
            [shutil.which("prometheus") or "/usr/bin/prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address={address}"], env=environment())
        try:
            wait_for("Prometheus is ready", lambda: self._is_ready(address))
        except BaseException:
            self.program.kill()
            raise

    def _is_ready(self, address):
        assert self.program.is_running, self.program.log
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://{address}/-/ready", timeout=SECONDS) as reply:
                return reply.status == 200

    def ask(self, path, **parameters):
        """The data of a query. The parameters are sent as a form, because they may be too long for a URL."""
        return self._data(path, urllib.parse.urlencode(parameters, doseq=True).encode())

    def read(self, path):
        """The data of an API path without parameters."""
        return self._data(path)

    def _data(self, path, form=None):
        try:
            with urllib.request.urlopen(f"{self.url}/{path}", data=form, timeout=SECONDS) as reply:
                answer = json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{path}: {error.read().decode()}\n{form}") from None
        assert answer["status"] == "success" and "warnings" not in answer, answer
        return answer["data"]

    def instant(self, expression, at=None):
        data = self.ask("query", query=expression, **({"time": at} if at else {}))
        assert data["resultType"] in ("vector", "scalar")
        return data["result"] if data["resultType"] == "vector" else [{"metric": {}, "value": data["result"]}]

    def range(self, expression, start, end, step=1):
        return self.ask("query_range", query=expression, start=start, end=end, step=step)["result"]

    def value(self, expression, at=None):
        found = self.instant(expression, at)
        assert len(found) == 1, found
        return float(found[0]["value"][1])

    def label_values(self, query, start, end):
        """The values of a Grafana query variable. The query has the form label_values(selector, label)."""
        selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", query).groups()
        return self.read(
            f"label/{label}/values?" + urllib.parse.urlencode({"match[]": selector, "start": start, "end": end}))

    def series(self, selector, start, end):
        """The labels of each series between these times."""
        return self.ask("series", **{"match[]": selector, "start": start, "end": end})

    def firing(self):
        """The labels of each alert that fires."""
        return [alert["labels"] for alert in self.read("alerts")["alerts"] if alert["state"] == "firing"]


def exceed_connections(exporter):
    """Opens more connections than the exporter keeps, and waits until it closes one of them."""
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS + 1):
            stack.enter_context(socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS))
        wait_for("the exporter closes a connection", lambda: exporter.metric(
            "storpool_pve_http_refused_total", reason="connections"))


def quick_exporter(api_url, **options):
    """An exporter that polls objects, space and templates every second."""
    return Exporter(api_url, interval="1s", space="1s", templates="1s", **options)
