"""A real Prometheus scrapes the exporter in both formats and answers queries correctly."""

import collections
import contextlib
import urllib.request

import pytest

from testkit import prometheus
from testkit.processes import SECONDS, Simulator, wait_for, watching
from testkit.servers import QuietHandler, serving

JOBS = {"as-asked": None, "text": "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}


class Forwarder:
    """A proxy between Prometheus and the exporter. Records content types and encodings. Can request a different format."""

    def __init__(self, target, accept):
        self.agreed = []
        forwarder = self

        class Handler(QuietHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                headers = {"Accept": accept or self.headers["Accept"],
                           "Accept-Encoding": self.headers["Accept-Encoding"]}
                with urllib.request.urlopen(
                        urllib.request.Request(target + self.path, headers=headers), timeout=SECONDS) as reply:
                    kind, encoding = reply.headers["Content-Type"], reply.headers["Content-Encoding"]
                    forwarder.agreed.append((kind, encoding))
                    self.reply(reply.status, reply.read(), kind, Content_Encoding=encoding)

        self.handler = Handler


class Prometheus(prometheus.Prometheus):
    """A Prometheus whose scrape interval and timeout are long enough for a busy machine."""

    def __init__(self, folder, targets):
        super().__init__(folder, [
            {"job_name": name, "static_configs": [{"targets": [address]}]} for name, address in targets.items()],
            interval="3s")

    def query(self, expression):
        """The values of an instant vector. The keys are the label values in the order of the label names."""
        return {tuple(value for name, value in sorted(row["metric"].items()) if name != "__name__"):
                float(row["value"][1]) for row in self.instant(expression)}

    def targets(self):
        return {target["labels"]["job"]: target for target in self.read("targets?state=active")["activeTargets"]}


@pytest.fixture(name="cluster", scope="module")
def fixture_cluster():
    with Simulator("--seed", "7", objects=600) as cluster:
        yield cluster


@pytest.fixture(name="running", scope="module")
def fixture_running(cluster):
    with watching(cluster, "--poll.stale-after", "3s", interval="1s", space="1s", templates="1s") as running:
        running.wait_for_polls(2)
        yield running


@pytest.fixture(name="prometheus", scope="module")
def fixture_prometheus(running, tmp_path_factory):
    with contextlib.ExitStack() as cleanup:
        forwarders = {name: Forwarder(running.url, accept) for name, accept in JOBS.items()}
        targets = {name: f"127.0.0.1:{cleanup.enter_context(serving(forwarder.handler))}"
                   for name, forwarder in forwarders.items()}
        targets["direct"] = running.url.removeprefix("http://")
        prometheus = Prometheus(tmp_path_factory.mktemp("prometheus"), targets)
        cleanup.callback(prometheus.program.kill)
        prometheus.forwarders = forwarders
        wait_for("two scrapes of each target", lambda: prometheus.query("count_over_time(up[1m]) >= 2").keys() >= {
            (address, name) for name, address in targets.items()})
        yield prometheus


@pytest.fixture(name="rows", scope="module")
def fixture_rows(running):
    """The rows of `list` for the same cluster. The cluster does not change."""
    return running.rows()


def text(value):
    return value or ""


ALL_JOBS = ["as-asked", "direct", "text"]


def test_every_target_is_healthy(prometheus):
    targets = prometheus.targets()
    assert sorted(targets) == ALL_JOBS
    for target in targets.values():
        assert (target["health"], target["lastError"]) == ("up", "")
    assert set(prometheus.query("up").values()) == {1}
    assert prometheus.query("min_over_time(up[1m])") == prometheus.query("up"), "every scrape succeeded"


def test_prometheus_negotiates_both_formats(prometheus):
    agreed = {name: set(forwarder.agreed) for name, forwarder in prometheus.forwarders.items()}
    assert agreed == {
        "as-asked": {("application/openmetrics-text; version=1.0.0; charset=utf-8", "gzip")},
        "text": {("text/plain; version=0.0.4; charset=utf-8", "gzip")},
    }


@pytest.mark.parametrize("job", ALL_JOBS)
def test_sums_by_storage_agree_with_list(prometheus, rows, job):
    for family, amount in (("objects", lambda row: 1), ("provisioned_bytes", lambda row: row["size_bytes"])):
        expected = collections.Counter()
        for row in rows:
            if not row["foreign"] and not row["going"]:
                expected[text(row["pve_cluster"]), text(row["storage"])] += amount(row)
        answer = prometheus.query(f'sum by (pve_cluster, storage) (storpool_pve_{family}{{job="{job}"}})')
        assert len(answer) > 4
        assert answer == {tuple(part for part in place if part): value for place, value in expected.items()}


@pytest.mark.parametrize("job", ALL_JOBS)
def test_sums_by_type_and_vm_agree_with_list(prometheus, rows, job):
    expected = collections.Counter(
        (row["object_type"], text(row["vmid"])) for row in rows if not row["foreign"] and not row["going"])
    answer = prometheus.query(f'sum by (object_type, vmid) (storpool_pve_objects{{job="{job}"}})')
    assert answer == {tuple(part for part in key if part): value for key, value in expected.items()}


@pytest.mark.parametrize("job", ALL_JOBS)
def test_anomalies_agree_with_list(prometheus, cluster, rows, job):
    expected = collections.Counter(
        (anomaly["reason"], anomaly["severity"]) for row in rows for anomaly in row["anomalies"])
    answer = prometheus.query(f'sum by (reason, severity) (storpool_pve_anomalies{{job="{job}"}}) > 0')
    assert answer == expected
    assert {reason: count for (reason, _), count in answer.items()} == {
        reason: count for reason, count in cluster.control("GET", "state")["anomalies"].items() if count}


@pytest.mark.parametrize("job", ALL_JOBS)
def test_anomaly_info_joins_with_first_seen(prometheus, job):
    series = "global_id, object_kind, object_type, pve_cluster, storage, vmid, reason, severity"
    joined = prometheus.query(
        f'storpool_pve_anomaly_info{{job="{job}"}} * on ({series}) group_left'
        f' storpool_pve_anomaly_first_seen_timestamp_seconds{{job="{job}"}} <= time()')
    assert len(joined) == len(prometheus.query(f'storpool_pve_anomaly_info{{job="{job}"}}')) > 10


@pytest.mark.parametrize("job", ALL_JOBS)
def test_counters_increase(prometheus, job):
    wait_for("polls continue", lambda: prometheus.query(
        f'rate(storpool_pve_polls_total{{job="{job}"}}[10s]) > 0'))
    assert set(prometheus.query(f'storpool_pve_poll_failures_total{{job="{job}"}}').values()) == {0}
    assert prometheus.query(f'process_cpu_seconds_total{{job="{job}"}} > 0')


def test_prometheus_knows_types_and_units_of_metrics(prometheus):
    metadata = prometheus.read("metadata")
    kinds = {name: {entry["type"] for entry in entries} for name, entries in metadata.items()}
    assert kinds["storpool_pve_objects"] == {"gauge"}
    # Prometheus lists a counter by the name of its metric family. In OpenMetrics this name has no _total.
    assert kinds["storpool_pve_polls"] == kinds["storpool_pve_polls_total"] == {"counter"}
    assert {entry["unit"] for entry in metadata["storpool_pve_stored_bytes"]} == {"", "bytes"}


def test_stale_objects_disappear_and_come_back(prometheus, cluster):
    cluster.control("POST", "fault?kind=status")
    wait_for("no objects", lambda: not prometheus.query("storpool_pve_objects"))
    assert set(prometheus.query("storpool_pve_up").values()) == {0}
    assert set(prometheus.query("up").values()) == {1}
    assert prometheus.query('storpool_pve_poll_failures_total{cause="api"} > 0')
    cluster.control("DELETE", "fault")
    wait_for("objects", lambda: len(prometheus.query("count by (job) (storpool_pve_objects)")) == len(ALL_JOBS))
    assert set(prometheus.query("storpool_pve_up").values()) == {1}
