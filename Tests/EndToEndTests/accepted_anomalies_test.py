"""With `--anomalies.ignore`, the daemon counts accepted anomalies, but neither lists nor logs them."""

from testkit.processes import Exporter, Simulator

DETECTED = {"event": "anomaly-detected"}


def settled_page(simulator, *flags):
    """Polls twice, waits until every anomaly has its event, and returns the metrics page."""
    with Exporter(simulator, *flags, interval="1h") as exporter:
        exporter.wait_until_up()
        exporter.poll()
        return exporter.wait_for(lambda page: page.metric("storpool_pve_journal_events_total", **DETECTED) == len(
            page.all("storpool_pve_anomaly_info")), "the events")


def test_an_anomaly_of_a_single_object_can_be_accepted():
    with Simulator() as simulator:
        before = settled_page(simulator)
        labels, _ = before.all("storpool_pve_anomaly_info")[0]
        one = {name: labels[name] for name in ("reason", "global_id")}
        after = settled_page(simulator, f"--anomalies.ignore={one['reason']}:{one['global_id']}")
    assert after.all("storpool_pve_anomalies") == before.all("storpool_pve_anomalies")
    assert before.metric("storpool_pve_anomaly_info", **one) == 1
    assert after.metric("storpool_pve_anomaly_info", **one) is None
    assert len(after.all("storpool_pve_anomaly_info")) == len(before.all("storpool_pve_anomaly_info")) - 1
