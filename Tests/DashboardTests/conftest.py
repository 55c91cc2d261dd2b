"""A Prometheus with a history, shared by the tests of queries and pictures."""

import contextlib
import dataclasses
import socket
import time

import pytest

from grafana import ROOT
from testkit.processes import SECONDS, Simulator, wait_for
from testkit.prometheus import JOB, Guests, Prometheus, Templates, exceed_connections, quick_exporter
from testkit.servers import serving

SCRAPED_CLUSTERS = ["prod1", "prod2"]
# Name of a Proxmox VE host without a cluster. prometheus-pve-exporter reports no cluster name for such hosts.
LONE_HOST = "alone"
# Number of VMs in each scraped cluster that are on StorPool but no longer in Proxmox VE.
GONE = 8


@dataclasses.dataclass
class Site:
    """A Prometheus with a history. `moments` has a time at which the site was in each state."""

    prometheus: Prometheus
    instances: list
    moments: dict
    span: int
    gone: set


def vms_by_cluster(exporter):
    found = {}
    for labels, _ in exporter.metrics().all("storpool_pve_objects"):
        if "vmid" in labels and "pve_cluster" in labels:
            found.setdefault(labels["pve_cluster"], set()).add(labels["vmid"])
    return found


@contextlib.contextmanager
def silent():
    """A port that refuses connections."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def let_pass(prometheus, simulator, scrapes, changes):
    """Repeats `scrapes` times: changes the cluster, then waits until Prometheus has scraped both exporters.

    Returns the current time.
    """
    for _ in range(scrapes):
        if changes:
            simulator.control("POST", f"step?changes={changes}&seconds=1")
        before = time.time()
        wait_for("a scrape of both exporters", lambda: [
            row for row in prometheus.instant(f"timestamp(storpool_pve_up) > {before}")][1:], SECONDS)
    return time.time()


@pytest.fixture(name="site", scope="session")
def fixture_site(tmp_path_factory):
    span = 15
    with contextlib.ExitStack() as stack:
        simulator = stack.enter_context(Simulator(
            "--seed", "5", "--epoch", "now", "--fault", "status,call=VolumesSpace", objects=900))
        templates = Templates(simulator)
        templates.slope = 0.002
        api = f"http://127.0.0.1:{stack.enter_context(serving(templates.handler))}"
        exporters = [stack.enter_context(quick_exporter(api)) for _ in range(2)]
        guests = Guests()
        guests_port = stack.enter_context(serving(guests.handler))
        instances = [f"127.0.0.1:{exporter.port}" for exporter in exporters]
        # A node whose exporter never answers.
        unreachable = f"127.0.0.1:{stack.enter_context(silent())}"
        prometheus = Prometheus(tmp_path_factory.mktemp("prometheus"), [
            {"job_name": JOB, "static_configs": [{"targets": [*instances, unreachable]}]},
            {"job_name": "pve", "static_configs": [
                {"targets": [f"127.0.0.1:{guests_port}"],
                 "labels": {"instance": f"{name}.example", "__metrics_path__": f"/{name}"}}
                for name in (*SCRAPED_CLUSTERS, LONE_HOST)]}], [ROOT / "dashboards/alerts/storpool-pve.rules.yml"])
        stack.callback(prometheus.program.kill)
        for exporter in exporters:
            exporter.wait_until_up()
        for cluster, vmids in vms_by_cluster(exporters[0]).items():
            guests.publish(cluster, vmids, with_cluster=True)
        moments = {"without space": let_pass(prometheus, simulator, 3, 0)}
        guests.clear()
        simulator.clear_faults()
        let_pass(prometheus, simulator, span + 2, 4)
        moments["without guests"] = time.time()
        known = vms_by_cluster(exporters[0])
        gone = {(cluster, vmid) for cluster in SCRAPED_CLUSTERS for vmid in sorted(known[cluster])[:GONE]}
        for with_cluster in (False, True):
            for cluster in SCRAPED_CLUSTERS:
                guests.publish(cluster, {vmid for vmid in known[cluster] if (cluster, vmid) not in gone},
                           with_cluster=with_cluster)
            for call in ("VolumesList", "VolumesSpace", "VolumeTemplatesStatus"):
                simulator.fault("status", call=call, count=1)
            exceed_connections(exporters[0])
            name = "with guests" if with_cluster else "with guests of no cluster"
            moments[name] = let_pass(prometheus, simulator, 6, 4)
        # Now prod2 has no guests. The host without a cluster has guests with the VM ids that are missing in prod1.
        guests.publish("prod2", set(), with_cluster=True)
        guests.publish(LONE_HOST, {vmid for cluster, vmid in gone if cluster == "prod1"}, with_cluster=False)
        templates.fill()
        moments["with an empty cluster"] = let_pass(prometheus, simulator, 8, 0)
        guests.publish("prod2", {vmid for vmid in known["prod2"] if ("prod2", vmid) not in gone}, with_cluster=True)
        guests.publish(LONE_HOST, set(), with_cluster=False)
        templates.empty()
        # At this moment both exporters report the same objects, and no template fills up.
        moments["quiet"] = let_pass(prometheus, simulator, 8, 0)
        yield Site(prometheus, instances, moments, span, gone)
