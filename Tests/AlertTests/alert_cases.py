"""What makes each alert fire, and what comes close to it and does not."""

import dataclasses

NODE1, NODE2 = 'job="storpool-pve", instance="pve1:10058"', 'job="storpool-pve", instance="pve2:10058"'
STORAGE = 'pve_cluster="prod", storage="sp-nvme"'
VM = 'pve_cluster="prod", storage="sp-nvme", vmid="104"'
TEMPLATE = 'template="nvme"'
DAY = 86400


@dataclasses.dataclass
class Case:
    """Series as promtool writes them, a value each minute, and the labels of what then fires (none: it is quiet)."""

    alert: str
    name: str
    series: dict
    at: str
    fires: list = dataclasses.field(default_factory=list)


def both(metric, labels, values):
    """The same from two exporters of one cluster."""
    comma = ", " if labels else ""
    return {f"{metric}{{{node}{comma}{labels}}}": values for node in (NODE1, NODE2)}


def up(first, second):
    return {
        f"up{{{NODE1}}}": first, f"up{{{NODE2}}}": second, **both("storpool_pve_exporter_build_info", 'version="1"', "1x5 stale"),
    }


def polled(name, ago):
    """Good polls that ended so many seconds before each minute; time() is 0 at the first value."""
    return both(name, "", f"{-ago}+60x600")


ALL_UP, ALL_DOWN = "1x600", "1x5 0x600"
ONE_STORAGE = [{"pve_cluster": "prod", "storage": "sp-nvme"}]
ONE_VM = [{"pve_cluster": "prod", "vmid": "104"}]
ONE_TEMPLATE = [{"job": "storpool-pve", "template": "nvme"}]
ONE_JOB = [{"job": "storpool-pve"}]
NODE2_ALONE = [{"job": "storpool-pve", "instance": "pve2:10058"}]


def anomalies(severity, reason, values):
    return both("storpool_pve_anomalies", f'{STORAGE}, reason="{reason}", severity="{severity}"', values)


def template(free, capacity="1000x2000"):
    return both("storpool_pve_template_free_bytes", TEMPLATE, free) | both(
        "storpool_pve_template_capacity_bytes", TEMPLATE, capacity)


def clock(offset, polls="0+1x600", is_up="1x600"):
    return {
        f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": f"{offset}+60x600",
        f"storpool_pve_up{{{NODE2}}}": is_up, f"storpool_pve_polls_total{{{NODE2}}}": polls,
    }


CASES = [
    Case("StorpoolPveStorageCannotBeListed", "an error that stays", anomalies("error", "missing-tag", "0x10 2x60"), "14m", ONE_STORAGE),
    Case("StorpoolPveStorageCannotBeListed", "an error of one poll", anomalies("error", "missing-tag", "0x10 2 0x60"), "14m"),
    Case("StorpoolPveStorageCannotBeListed", "warnings only", anomalies("warning", "invisible", "3x60"), "30m"),
    Case("StorpoolPveNewWarnings", "one more than an hour ago", anomalies("warning", "invisible", "1x90 2x200"), "100m", ONE_STORAGE),
    Case("StorpoolPveNewWarnings", "as many as ever", anomalies("warning", "invisible", "4x300"), "200m"),
    Case("StorpoolPveNewWarnings", "one more, for longer than an hour", anomalies("warning", "invisible", "1x90 2x200"), "200m"),
    Case("StorpoolPveNewWarnings", "a storage that was not known", anomalies("warning", "invisible", "_x90 2x200"), "100m"),
    Case("StorpoolPveSnapshotOld", "older than 90 days",
         both("storpool_pve_oldest_snapshot_timestamp_seconds", VM, f"{-91 * DAY}x200"), "90m", ONE_VM),
    Case("StorpoolPveSnapshotOld", "younger",
         both("storpool_pve_oldest_snapshot_timestamp_seconds", VM, f"{-89 * DAY}x200"), "90m"),
    Case("StorpoolPveManySnapshots", "more than 100",
         both("storpool_pve_objects", f'{VM}, object_type="snapshot"', "101x200"), "90m", ONE_VM),
    Case("StorpoolPveManySnapshots", "60, which two exporters tell",
         both("storpool_pve_objects", f'{VM}, object_type="snapshot"', "60x200"), "90m"),
    Case("StorpoolPveManySnapshots", "more for half an hour",
         both("storpool_pve_objects", f'{VM}, object_type="snapshot"', "1x60 500x30 1x200"), "100m"),
    Case("StorpoolPveTemplateFull", "96 % used", template("40x200"), "20m", ONE_TEMPLATE),
    Case("StorpoolPveTemplateFull", "94 % used", template("60x200"), "60m"),
    Case("StorpoolPveTemplateFillingUp", "90 % used", template("100x200"), "40m", ONE_TEMPLATE),
    Case("StorpoolPveTemplateFillingUp", "80 % used", template("200x200"), "60m"),
    Case("StorpoolPveTemplateFillingUp", "so full that the other alert fires", template("40x200"), "60m"),
    # A day's thousandth part each minute: all of it in under a day.
    Case("StorpoolPveTemplateFullSoon", "four hours left", template("490-1x480"), "270m", ONE_TEMPLATE),
    Case("StorpoolPveTemplateFullSoon", "as fast, but mostly empty", template("990-1x480"), "270m"),
    Case("StorpoolPveTemplateFullSoon", "as full, and getting emptier", template("100+1x300"), "270m"),
    Case("StorpoolPveTemplateFullSoon", "empty capacity", template("0x300", "0x300"), "270m"),
    Case("StorpoolPveNoExporter", "none answers any more", up(ALL_DOWN, ALL_DOWN), "20m", ONE_JOB),
    Case("StorpoolPveNoExporter", "one still answers", up(ALL_UP, ALL_DOWN), "30m"),
    Case("StorpoolPveNoExporter", "all are away for five minutes", up("1x5 0x5 1x60", "1x5 0x5 1x60"), "20m"),
    Case("StorpoolPveNoExporter", "something else is down", {'up{job="node", instance="pve1:9100"}': "0x60"}, "30m"),
    Case("StorpoolPveExporterDown", "one of two is down", up(ALL_UP, ALL_DOWN), "30m", NODE2_ALONE),
    Case("StorpoolPveExporterDown", "all are down, which is another alert", up(ALL_DOWN, ALL_DOWN), "40m"),
    Case("StorpoolPveAPIDown", "all exporters fail to poll", both("storpool_pve_up", "", "1x5 0x60"), "15m", ONE_JOB),
    Case("StorpoolPveAPIDown", "one still polls",
         {f"storpool_pve_up{{{NODE1}}}": "1x60", f"storpool_pve_up{{{NODE2}}}": "0x60"}, "30m"),
    Case("StorpoolPveAPIDown", "two failed polls", both("storpool_pve_up", "", "1x5 0x1 1x60"), "20m"),
    Case("StorpoolPveCannotPoll", "one of two fails",
         {f"storpool_pve_up{{{NODE1}}}": "1x60", f"storpool_pve_up{{{NODE2}}}": "0x60"}, "20m", NODE2_ALONE),
    Case("StorpoolPveCannotPoll", "all fail, which is another alert", both("storpool_pve_up", "", "0x60"), "40m"),
    Case("StorpoolPveDataStale", "twenty minutes old", polled("storpool_pve_last_success_timestamp_seconds", 1200), "10m", ONE_JOB),
    Case("StorpoolPveDataStale", "ten minutes old", polled("storpool_pve_last_success_timestamp_seconds", 600), "30m"),
    Case("StorpoolPveDataStale", "old on one node only", {
        f"storpool_pve_last_success_timestamp_seconds{{{NODE1}}}": "0+60x100",
        f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": "0x100"}, "60m"),
    Case("StorpoolPveSpaceDataStale", "four hours old",
         polled("storpool_pve_space_last_success_timestamp_seconds", 4 * 3600), "30m", ONE_JOB),
    Case("StorpoolPveSpaceDataStale", "two hours old", polled("storpool_pve_space_last_success_timestamp_seconds", 2 * 3600), "60m"),
    Case("StorpoolPveSpaceDataStale", "not polled at all", polled("storpool_pve_last_success_timestamp_seconds", 0), "300m"),
    Case("StorpoolPveMalformedObjects", "in every poll", both("storpool_pve_malformed_objects", "", "1x60"), "20m", ONE_JOB),
    Case("StorpoolPveMalformedObjects", "in one poll", both("storpool_pve_malformed_objects", "", "0x5 1 0x60"), "20m"),
    Case("StorpoolPveJournalFailing", "events are lost", {
        f"storpool_pve_journal_failures_total{{{NODE1}}}": "0x60", f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 0+1x60"},
         "20m", NODE2_ALONE),
    Case("StorpoolPveJournalFailing", "one was lost long ago", {
        f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 1x60"}, "40m"),
    Case("StorpoolPveClockOff", "two minutes ahead", clock(120), "20m", NODE2_ALONE),
    Case("StorpoolPveClockOff", "twenty minutes behind", clock(-1200), "30m", NODE2_ALONE),
    Case("StorpoolPveClockOff", "half a minute ahead", clock(30), "20m"),
    Case("StorpoolPveClockOff", "old, because it does not poll", clock(-1200, polls="7x600"), "30m"),
    Case("StorpoolPveClockOff", "old, because polls fail", clock(-1200, is_up="0x600"), "30m"),
]
