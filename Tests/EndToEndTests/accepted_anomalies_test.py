"""`--anomalies.ignore` of the daemon: what is accepted is counted, and nothing else is said of it."""

from testkit.processes import Exporter, Simulator


def seen(simulator, *flags):
    """The page once two polls have agreed."""
    with Exporter(simulator, *flags) as exporter:
        exporter.wait_until_up()
        return exporter.poll()


def test_one_object_can_be_accepted():
    with Simulator() as simulator:
        before = seen(simulator)
        labels, _ = before.all("storpool_pve_anomaly_info")[0]
        one = {name: labels[name] for name in ("reason", "global_id")}
        after = seen(simulator, f"--anomalies.ignore={one['reason']}:{one['global_id']}")
    assert after.all("storpool_pve_anomalies") == before.all("storpool_pve_anomalies")
    assert before.metric("storpool_pve_anomaly_info", **one) == 1
    assert after.metric("storpool_pve_anomaly_info", **one) is None
    detected = [page.metric("storpool_pve_journal_events_total", event="anomaly-detected") for page in (before, after)]
    assert detected[1] == detected[0] - 1
