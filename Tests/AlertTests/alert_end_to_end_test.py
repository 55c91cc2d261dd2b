"""On a real Prometheus, each critical alert fires during a fault and ends after the fault.

The tests shorten the times in the rules file: `for:` is 1 s, `keep_firing_for:` is 3 s, and `[10m]` is `[4s]`.
"""

import contextlib
import inspect
import re
import time

import pytest

from alert_rules_test import ALERTS, RULES
from testkit.processes import Simulator, wait_for
from testkit.prometheus import JOB, Prometheus, Templates, quick_exporter
from testkit.servers import serving

CRITICAL = {name for name, text in ALERTS.items() if re.search(r"^ +severity: critical$", text, re.M)}


class Site:
    """A simulated cluster with two exporters and a Prometheus with the alert rules."""

    def __init__(self, stack, folder):
        self.simulator = stack.enter_context(Simulator("--no-anomalies", "--epoch", "now", objects=200))
        self.templates = Templates(self.simulator)
        self.templates.used = 0.3
        api = f"http://127.0.0.1:{stack.enter_context(serving(self.templates.handler))}"
        self.exporters = [stack.enter_context(quick_exporter(api)) for _ in range(2)]
        rules = folder / "rules.yml"
        # keep_firing_for: and [4s] are each longer than the gap after a missed scrape. Their sum is shorter than the outage in
        # test_an_error_anomaly_fires_an_alert_until_it_is_repaired.
        text = re.sub(r"\bfor: \d+[mh]", "for: 1s", RULES.read_text(encoding="utf-8"))
        text = re.sub(r"keep_firing_for: \d+[mh]", "keep_firing_for: 3s", text)
        rules.write_text(text.replace("[10m]", "[4s]"), encoding="utf-8")
        self.prometheus = Prometheus(folder, [{"job_name": JOB, "static_configs": [
            {"targets": [f"127.0.0.1:{exporter.port}" for exporter in self.exporters]}]}], [rules])
        stack.callback(self.prometheus.program.kill)
        for exporter in self.exporters:
            exporter.wait_until_up()
        wait_for("Prometheus has scraped both exporters", lambda: len(self.prometheus.instant("storpool_pve:exporter:up == 1")) == 2)
        # StorpoolPveNoExporter may fire before the first scrape, because Prometheus knows no exporter then.
        wait_for("the alert of the start has ended", lambda: not self.firing("StorpoolPveNoExporter"))

    def firing(self, name):
        return [labels for labels in self.prometheus.firing() if labels["alertname"] == name]

    def wait_for_alert(self, name):
        """Waits until the alert fires and returns its labels. Fails if several alerts of this name fire."""
        wait_for(f"{name} fires", lambda: self.firing(name))
        found = self.firing(name)
        assert len(found) == 1
        return found[0]

    def wait_for_end(self, name):
        wait_for(f"{name} ends", lambda: not self.firing(name))


@pytest.fixture(name="site", scope="module")
def fixture_site(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Site(stack, tmp_path_factory.mktemp("prometheus"))


def test_no_critical_alert_fires_on_a_healthy_site(site):
    critical = [labels for labels in site.prometheus.firing() if labels["severity"] == "critical"]
    assert critical == []


@pytest.mark.long
def test_an_error_anomaly_fires_an_alert_until_it_is_repaired(site):
    site.simulator.control("POST", "anomaly?reason=missing-tag")
    labels = site.wait_for_alert("StorpoolPveStorageCannotBeListed")
    assert labels["severity"] == "critical" and labels["pve_cluster"] and labels["storage"]
    # The alert keeps firing during an outage, although the objects disappear from the pages.
    site.simulator.fault("status")
    wait_for("the objects disappear", lambda: not site.prometheus.instant("storpool_pve_anomalies"))
    for _ in range(10):
        assert site.firing("StorpoolPveStorageCannotBeListed")
        time.sleep(1)
    site.simulator.clear_faults()
    wait_for("the objects are back", lambda: site.prometheus.instant("storpool_pve_anomalies"))
    assert site.firing("StorpoolPveStorageCannotBeListed")
    site.simulator.control("DELETE", "anomaly?reason=missing-tag")
    site.wait_for_end("StorpoolPveStorageCannotBeListed")


def test_a_full_template_fires_an_alert(site):
    site.templates.used = 0.97
    assert site.wait_for_alert("StorpoolPveTemplateFull")["template"]
    site.templates.used = 0.3
    site.wait_for_end("StorpoolPveTemplateFull")


def test_an_unreachable_api_fires_an_alert(site):
    site.simulator.fault("status")
    assert site.wait_for_alert("StorpoolPveAPIDown")["job"] == JOB
    site.simulator.clear_faults()
    site.wait_for_end("StorpoolPveAPIDown")


# This must be the last test that uses `site`, because it kills the exporters.
@pytest.mark.long
def test_missing_exporters_fire_an_alert(site):
    site.exporters[0].kill()
    wait_for("one is down", lambda: site.firing("StorpoolPveExporterDown"))
    assert not site.firing("StorpoolPveNoExporter")
    site.exporters[1].kill()
    assert site.wait_for_alert("StorpoolPveNoExporter")["job"] == JOB
    # StorpoolPveNoExporter does not end StorpoolPveExporterDown.
    assert len(site.firing("StorpoolPveExporterDown")) >= 1


def test_every_critical_alert_has_an_end_to_end_test():
    tests = "".join(inspect.getsource(test) for name, test in globals().items() if name.startswith("test_"))
    assert CRITICAL and CRITICAL <= set(re.findall(r'site\.wait_for_alert\("(\w+)"\)', tests))
