"""Each critical alert fires on a real Prometheus because of a fault and ends with it.

The rules are those of the file with shorter times: `for:` is a second, `keep_firing_for:` three, and `[10m]` is `[4s]`.
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
    """A simulated cluster with two exporters and a Prometheus that knows the rules."""

    def __init__(self, stack, folder):
        self.simulator = stack.enter_context(Simulator("--no-anomalies", "--epoch", "now", objects=200))
        self.templates = Templates(self.simulator)
        self.templates.used = 0.3
        api = f"http://127.0.0.1:{stack.enter_context(serving(self.templates.handler))}"
        self.exporters = [stack.enter_context(quick_exporter(api)) for _ in range(2)]
        rules = folder / "rules.yml"
        # The last two are longer than a missed scrape each, and together shorter than the outage below.
        text = re.sub(r"\bfor: \d+[mh]", "for: 1s", RULES.read_text(encoding="utf-8"))
        text = re.sub(r"keep_firing_for: \d+[mh]", "keep_firing_for: 3s", text)
        rules.write_text(text.replace("[10m]", "[4s]"), encoding="utf-8")
        self.prometheus = Prometheus(folder, [{"job_name": JOB, "static_configs": [
            {"targets": [f"127.0.0.1:{exporter.port}" for exporter in self.exporters]}]}], [rules])
        stack.callback(self.prometheus.program.kill)
        for exporter in self.exporters:
            exporter.wait_until_up()
        wait_for("Prometheus has both", lambda: len(self.prometheus.instant("storpool_pve:exporter:up == 1")) == 2)
        # Before the first scrape no exporter was up, for which the alert fires after a second.
        wait_for("Prometheus has forgotten the start", lambda: not self.firing("StorpoolPveNoExporter"))

    def firing(self, name):
        return [labels for labels in self.prometheus.firing() if labels["alertname"] == name]

    def comes(self, name):
        """Waits until the alert fires, once for both exporters, and returns its labels."""
        wait_for(f"{name} fires", lambda: self.firing(name))
        found = self.firing(name)
        assert len(found) == 1
        return found[0]

    def goes(self, name):
        wait_for(f"{name} ends", lambda: not self.firing(name))


@pytest.fixture(name="site", scope="module")
def fixture_site(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Site(stack, tmp_path_factory.mktemp("prometheus"))


def test_no_critical_alert_fires_on_a_healthy_site(site):
    critical = [labels for labels in site.prometheus.firing() if labels["severity"] == "critical"]
    assert critical == []


@pytest.mark.long
def test_an_error_anomaly_fires_until_it_is_repaired(site):
    site.simulator.control("POST", "anomaly?reason=missing-tag")
    labels = site.comes("StorpoolPveStorageCannotBeListed")
    assert labels["severity"] == "critical" and labels["pve_cluster"] and labels["storage"]
    # It keeps firing during an outage, in which the objects disappear from the pages.
    site.simulator.fault("status")
    wait_for("the objects vanish", lambda: not site.prometheus.instant("storpool_pve_anomalies"))
    for _ in range(10):
        assert site.firing("StorpoolPveStorageCannotBeListed")
        time.sleep(1)
    site.simulator.clear_faults()
    wait_for("they are back", lambda: site.prometheus.instant("storpool_pve_anomalies"))
    assert site.firing("StorpoolPveStorageCannotBeListed")
    site.simulator.control("DELETE", "anomaly?reason=missing-tag")
    site.goes("StorpoolPveStorageCannotBeListed")


def test_a_full_template_fires(site):
    site.templates.used = 0.97
    assert site.comes("StorpoolPveTemplateFull")["template"]
    site.templates.used = 0.3
    site.goes("StorpoolPveTemplateFull")


def test_an_unreachable_api_fires(site):
    site.simulator.fault("status")
    assert site.comes("StorpoolPveAPIDown")["job"] == JOB
    site.simulator.clear_faults()
    site.goes("StorpoolPveAPIDown")


# Last, because it kills the exporters.
@pytest.mark.long
def test_missing_exporters_fire(site):
    site.exporters[0].kill()
    wait_for("one is down", lambda: site.firing("StorpoolPveExporterDown"))
    assert not site.firing("StorpoolPveNoExporter")
    site.exporters[1].kill()
    assert site.comes("StorpoolPveNoExporter")["job"] == JOB
    # The milder alert has not ended.
    assert len(site.firing("StorpoolPveExporterDown")) >= 1


def test_every_critical_alert_has_a_test_here():
    tests = "".join(inspect.getsource(test) for name, test in globals().items() if name.startswith("test_"))
    assert CRITICAL and CRITICAL <= set(re.findall(r'site\.comes\("(\w+)"\)', tests))
