"""Series that make each alert fire, and similar series that do not."""

import dataclasses

NODE1, NODE2 = 'job="storpool-pve", instance="pve1:10058"', 'job="storpool-pve", instance="pve2:10058"'
ELSEWHERE = 'job="second-site", instance="pve9:10058"'
STORAGE = 'pve_cluster="prod", storage="sp-nvme"'
VM = 'pve_cluster="prod", storage="sp-nvme", vmid="104"'
VM_ELSEWHERE = 'pve_cluster="prod", storage="sp-hdd", vmid="104"'
TEMPLATE = 'template="nvme"'
DAY = 86400


@dataclasses.dataclass
class Case:
    """Series in promtool's notation, one value per `step`. `fires` has the labels of each alert that must fire at `at`.

    `says` has the expected description of each firing alert. If it is empty, descriptions are not checked.
    """

    alert: str
    name: str
    series: dict
    at: str
    fires: list = dataclasses.field(default_factory=list)
    says: list = dataclasses.field(default_factory=list)
    step: str = "1m"


def both(metric, labels, values):
    """The same series from two exporters of one cluster."""
    comma = ", " if labels else ""
    return {f"{metric}{{{node}{comma}{labels}}}": values for node in (NODE1, NODE2)}


def up(first, second, build="1x5 stale"):
    return {f"up{{{NODE1}}}": first, f"up{{{NODE2}}}": second, **both("storpool_pve_exporter_build_info", 'version="1"', build)}


def polled(first, second):
    """The last success times of two exporters, one value per minute. time() is 0 at the first value."""
    return {f"storpool_pve_last_success_timestamp_seconds{{{NODE1}}}": first,
            f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": second}


def space(first, second):
    return {f"storpool_pve_space_last_success_timestamp_seconds{{{NODE1}}}": first,
            f"storpool_pve_space_last_success_timestamp_seconds{{{NODE2}}}": second}


ALL_UP, ALL_DOWN = "1x600", "1x5 0x600"
ONE_STORAGE = [{"pve_cluster": "prod", "storage": "sp-nvme"}]
ONE_VM = [{"pve_cluster": "prod", "vmid": "104"}]
ONE_TEMPLATE = [{"job": "storpool-pve", "template": "nvme"}]
ONE_JOB = [{"job": "storpool-pve"}]
NODE1_ALONE = [{"job": "storpool-pve", "instance": "pve1:10058"}]
NODE2_ALONE = [{"job": "storpool-pve", "instance": "pve2:10058"}]
TWO_NODES = NODE1_ALONE + NODE2_ALONE


def anomalies(severity, reason, values):
    return both("storpool_pve_anomalies", f'{STORAGE}, reason="{reason}", severity="{severity}"', values)


def delivering(values="0x600"):
    """The series of two exporters that always answer and that export metrics about objects."""
    return both("storpool_pve_anomaly_info_omitted", "", values) | up(ALL_UP, ALL_UP, "1x600")


def template(free, capacity="1000x2000"):
    return both("storpool_pve_template_free_bytes", TEMPLATE, free) | both(
        "storpool_pve_template_capacity_bytes", TEMPLATE, capacity)


def alone(node, metric, labels, values):
    return {f"{metric}{{{node}, {labels}}}": values}


def clock(offset):
    return {f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": f"{offset}+60x600"}


def snapshots(number, values="x200"):
    return both("storpool_pve_objects", f'{VM}, object_type="snapshot"', f"{number}{values}")


def oldest(age, values="x200", vm=VM):
    return both("storpool_pve_oldest_snapshot_timestamp_seconds", vm, f"{-age}{values}")


WITHOUT_STORAGE = both("storpool_pve_anomalies", 'reason="invisible", severity="warning"', "_x90 1x200")
LISTED, WARNINGS = "StorpoolPveStorageCannotBeListed", "StorpoolPveNewWarnings"
OLD, MANY = "StorpoolPveSnapshotOld", "StorpoolPveManySnapshots"
FULL, FILLING, SOON, UNKNOWN = (f"StorpoolPveTemplate{name}" for name in ("Full", "FillingUp", "FullSoon", "sUnknown"))
NONE, DOWN = "StorpoolPveNoExporter", "StorpoolPveExporterDown"
API, CANNOT = "StorpoolPveAPIDown", "StorpoolPveCannotPoll"
STALE, SPACE = "StorpoolPveDataStale", "StorpoolPveSpaceDataStale"
MALFORMED, JOURNAL, CLOCK = "StorpoolPveMalformedObjects", "StorpoolPveJournalFailing", "StorpoolPveClockOff"

STORAGES = [
    Case(LISTED, "errors that stay", anomalies("error", "missing-tag", "0x10 2x60"), "14m", ONE_STORAGE, [
        "There are 2 error(s) of objects on storage sp-nvme of cluster prod: the StorPool plugin refuses these objects, so Proxmox VE cannot "
        "list the storage, and other operations fail too."]),
    Case(LISTED, "one of each of two reasons", anomalies("error", "missing-tag", "1x60") | anomalies("error", "unexpected-tag", "1x60"),
         "14m", ONE_STORAGE, [
             "There are 2 error(s) of objects on storage sp-nvme of cluster prod: the StorPool plugin refuses these objects, so Proxmox VE cannot "
             "list the storage, and other operations fail too."]),
    Case(LISTED, "an error of two polls", anomalies("error", "missing-tag", "0x10 2x1 0x60"), "13m"),
    Case(LISTED, "a new base-and-disk", anomalies("warning", "base-and-disk", "0x5 1x60"), "30m"),
    Case(LISTED, "warnings only", anomalies("warning", "invisible", "3x60"), "30m"),
    Case(LISTED, "an error that ended a moment ago", anomalies("error", "missing-tag", "2x9 0x60"), "18m", ONE_STORAGE),
    Case(LISTED, "an error that ended 15 minutes ago", anomalies("error", "missing-tag", "2x9 0x60"), "25m"),
    Case(LISTED, "polls fail for hours after an error",
         anomalies("error", "missing-tag", "2x9 stale") | delivering("0x9 stale"), "400m", ONE_STORAGE),
    Case(LISTED, "polls failed, and then the error is gone",
         anomalies("error", "missing-tag", "2x9 stale _x90 0x100") | delivering("0x9 stale _x90 0x100"), "130m"),
    Case(LISTED, "the storage is gone", anomalies("error", "missing-tag", "2x9 stale") | delivering(), "40m"),
    Case(LISTED, "the exporters are no longer scraped",
         anomalies("error", "missing-tag", "2x9 stale") | both("storpool_pve_anomaly_info_omitted", "", "0x9 stale") | up(
             "1x9 stale", "1x9 stale"), "60m"),
    Case(LISTED, "another job sees the storage without errors", {
        f'storpool_pve_anomalies{{{NODE1}, {STORAGE}, reason="missing-tag", severity="error"}}': "2x9 stale",
        f'storpool_pve_anomalies{{{ELSEWHERE}, {STORAGE}, reason="missing-tag", severity="error"}}': "2x9 0x200",
        f"storpool_pve_anomaly_info_omitted{{{NODE1}}}": "0x9 stale", f"storpool_pve_anomaly_info_omitted{{{ELSEWHERE}}}": "0x200",
        **up(ALL_UP, ALL_UP)}, "60m"),
    Case(LISTED, "two jobs see the storage, and the polls of both fail", {
        f'storpool_pve_anomalies{{{NODE1}, {STORAGE}, reason="missing-tag", severity="error"}}': "2x9 stale",
        f'storpool_pve_anomalies{{{ELSEWHERE}, {STORAGE}, reason="missing-tag", severity="error"}}': "2x9 stale",
        f"up{{{ELSEWHERE}}}": "1x200", f'storpool_pve_exporter_build_info{{{ELSEWHERE}, version="1"}}': "1x200",
        **up(ALL_UP, ALL_UP)}, "60m", ONE_STORAGE, [
            "There are 2 error(s) of objects on storage sp-nvme of cluster prod: the StorPool plugin refuses these objects, so Proxmox VE cannot "
            "list the storage, and other operations fail too."]),
    Case(WARNINGS, "one more than an hour ago", anomalies("warning", "invisible", "1x90 2x200"), "100m", ONE_STORAGE, [
        "There are 2 warning(s) about objects on storage sp-nvme of cluster prod, more than there were an hour ago: operations on these "
        "objects will fail or lose data, or space is wasted."]),
    *(Case(WARNINGS, f"a new {reason}", anomalies("warning", reason, "0x90 1x200"), "100m", ONE_STORAGE)
      for reason in ("scheduled-deletion", "unfindable-cloudinit", "storage-mismatch", "base-and-disk", "owner-mismatch")),
    Case(WARNINGS, "an upgrade that makes a notice a warning", {
        **anomalies("notice", "owner-mismatch", "3x90 stale"), **anomalies("warning", "owner-mismatch", "_x90 3x200"),
        **anomalies("warning", "invisible", "1x300")}, "100m", ONE_STORAGE, [
            "There are 4 warning(s) about objects on storage sp-nvme of cluster prod, more than there were an hour ago: operations on these "
            "objects will fail or lose data, or space is wasted."]),
    Case(WARNINGS, "an hour after an upgrade that makes a notice a warning", {
        **anomalies("notice", "owner-mismatch", "3x90 stale"), **anomalies("warning", "owner-mismatch", "_x90 3x200"),
        **anomalies("warning", "invisible", "1x300")}, "180m"),
    Case(WARNINGS, "one more for three quarters of an hour", anomalies("warning", "invisible", "1x90 2x200"), "140m", ONE_STORAGE),
    Case(WARNINGS, "one more for two minutes", anomalies("warning", "invisible", "1x90 2x200"), "93m"),
    Case(WARNINGS, "one more that ended a moment ago", anomalies("warning", "invisible", "1x90 2x20 1x200"), "120m", ONE_STORAGE),
    Case(WARNINGS, "one more that ended 19 minutes ago", anomalies("warning", "invisible", "1x90 2x20 1x200"), "130m"),
    Case(WARNINGS, "a constant number", anomalies("warning", "invisible", "4x300"), "200m"),
    Case(WARNINGS, "a constant number, then reported by a second exporter", {
        f'storpool_pve_anomalies{{{NODE1}, {STORAGE}, reason="invisible", severity="warning"}}': "2x300",
        f'storpool_pve_anomalies{{{NODE2}, {STORAGE}, reason="invisible", severity="warning"}}': "_x90 2x300"}, "100m"),
    Case(WARNINGS, "one more, for longer than an hour", anomalies("warning", "invisible", "1x90 2x200"), "180m"),
    Case(WARNINGS, "a new storage", anomalies("warning", "invisible", "_x90 2x200") | delivering(), "100m", ONE_STORAGE, [
        "There are 2 warning(s) about objects on storage sp-nvme of cluster prod, more than there were an hour ago: operations on these "
        "objects will fail or lose data, or space is wasted."]),
    Case(WARNINGS, "a new object without a cluster", WITHOUT_STORAGE | delivering(), "100m", [{}]),
    Case(WARNINGS, "an object without a cluster, an hour later", WITHOUT_STORAGE | delivering(), "180m"),
    Case(WARNINGS, "a new exporter", anomalies("warning", "invisible", "_x90 2x200") | delivering("_x90 0x200"), "100m"),
    Case(WARNINGS, "an exporter that has run for 50 minutes",
         anomalies("warning", "invisible", "_x90 2x200") | delivering("_x90 0x200"), "140m"),
    Case(WARNINGS, "a new storage, seen by two jobs", {
        f'storpool_pve_anomalies{{{ELSEWHERE}, {STORAGE}, reason="invisible", severity="warning"}}': "_x90 2x200",
        f"storpool_pve_anomaly_info_omitted{{{ELSEWHERE}}}": "0x300",
        **anomalies("warning", "invisible", "_x90 2x200"), **delivering()}, "140m", ONE_STORAGE, [
            "There are 2 warning(s) about objects on storage sp-nvme of cluster prod, more than there were an hour ago: operations on these "
            "objects will fail or lose data, or space is wasted."]),
    Case(WARNINGS, "a second, new job", {
        f'storpool_pve_anomalies{{{ELSEWHERE}, {STORAGE}, reason="invisible", severity="warning"}}': "_x90 2x200",
        f"storpool_pve_anomaly_info_omitted{{{ELSEWHERE}}}": "_x90 0x200", **delivering()}, "100m"),
    Case(WARNINGS, "the same number after hours without data",
         anomalies("warning", "invisible", "2x30 stale _x150 2x200") | both("storpool_pve_anomaly_info_omitted", "", "0x30 stale _x150 0x200")
         | up("1x30 0x150 1x200", "1x30 0x150 1x200"), "195m"),
    Case(WARNINGS, "one more after hours without data",
         anomalies("warning", "invisible", "2x30 stale _x150 3x200") | both("storpool_pve_anomaly_info_omitted", "", "0x30 stale _x150 0x200")
         | up("1x30 0x150 1x200", "1x30 0x150 1x200"), "195m", ONE_STORAGE),
    Case(OLD, "one VM has a snapshot older than 90 days, another has not", oldest(91 * DAY) | oldest(DAY, vm=VM_ELSEWHERE), "90m", ONE_VM, [
        "The oldest snapshot or saved state of VM 104 of cluster prod is 91d 1h 30m 0s old."]),
    Case(OLD, "younger", oldest(89 * DAY), "90m"),
    Case(OLD, "older for half an hour", oldest(91 * DAY), "30m"),
    Case(OLD, "deleted a moment ago", oldest(91 * DAY, "x80 stale"), "120m", ONE_VM),
    Case(OLD, "deleted", oldest(91 * DAY, "x80 stale"), "160m"),
    Case(MANY, "more than 100", snapshots(101), "90m", ONE_VM, ["VM 104 of cluster prod has 101 disk snapshots."]),
    Case(MANY, "more than 100 on two storages",
         snapshots(60) | both("storpool_pve_objects", f'{VM_ELSEWHERE}, object_type="snapshot"', "60x200"), "90m", ONE_VM),
    Case(MANY, "99", snapshots(99), "90m"),
    Case(MANY, "60, reported by two exporters", snapshots(60), "90m"),
    Case(MANY, "more for half an hour", snapshots(1, "x60 500x30 1x200"), "91m"),
    Case(MANY, "more a moment ago", snapshots(101, "x90 99x200"), "120m", ONE_VM),
    Case(MANY, "more two hours ago", snapshots(101, "x90 99x200"), "200m"),
]

# Cases with a trend last a day or more. They use steps of four minutes to save time: promtool evaluates the rules at
# each step.
LARGE = "100000x1000"
TEMPLATES = [
    Case(FULL, "96 % used", template("40x200"), "25m", ONE_TEMPLATE, [
        "Template nvme (job storpool-pve) is 96% used: writes fail when it is full."]),
    Case(FULL, "96 % for a quarter of an hour", template("40x200"), "15m"),
    Case(FULL, "94 % used", template("60x200"), "60m"),
    Case(FULL, "around the threshold", template(" ".join(["49x7 51x7"] * 20)), "100m", ONE_TEMPLATE),
    Case(FULL, "around the threshold, not for long", template(" ".join(["49x7 51x7"] * 20)), "30m", ONE_TEMPLATE),
    Case(FULL, "above the threshold in one poll", template("60x30 40x4 60x60"), "52m"),
    Case(FULL, "space free again since a moment", template("40x60 500x200"), "95m", ONE_TEMPLATE),
    Case(FULL, "space free again", template("40x60 500x200"), "110m"),
    Case(FILLING, "90 % used", template("100x200"), "50m", ONE_TEMPLATE, ["Template nvme (job storpool-pve) is 90% used."]),
    Case(FILLING, "90 % for half an hour", template("100x200"), "30m"),
    Case(FILLING, "80 % used", template("200x200"), "60m"),
    Case(FILLING, "60 % used, reported by two exporters", template("400x200"), "60m"),
    Case(FILLING, "around the threshold", template(" ".join(["140x7 160x7"] * 20)), "100m", ONE_TEMPLATE),
    Case(FILLING, "above the threshold for less than half an hour", template("160x30 140x24 160x60"), "78m"),
    Case(FILLING, "and a moment ago so full that the other alert will fire", template("100x60 40x200"), "70m", ONE_TEMPLATE),
    Case(FILLING, "so full that the other alert fires", template("40x200"), "60m", ONE_TEMPLATE),
    Case(FILLING, "space free again since a moment", template("100x60 500x200"), "110m", ONE_TEMPLATE),
    Case(FILLING, "space free again", template("100x60 500x200"), "140m"),
    Case(SOON, "nine hours left", template("490-1x480"), "24h", ONE_TEMPLATE, [
        "Template nvme (job storpool-pve) will be full in 8h 40m 0s if the trend of the last day continues."], step="4m"),
    Case(SOON, "3.8 days left", template("48000-27x500", LARGE), "27h", ONE_TEMPLATE, step="4m"),
    Case(SOON, "4.25 days left", template("48000-25x500", LARGE), "26h", step="4m"),
    Case(SOON, "nine hours left, but known for too short a time", template("490-1x480"), "20h", step="4m"),
    Case(SOON, "filling fast, but the template is new", template("490-1x480"), "13h", step="4m"),
    Case(SOON, "filling fast, but mostly empty", template("990-1x480"), "24h", step="4m"),
    Case(SOON, "nearly full, and getting emptier", template("100+1x480"), "24h", step="4m"),
    Case(SOON, "free space has fallen for nine hours", template("48000x240 48000-67x200", LARGE), "25h30m", step="4m"),
    Case(SOON, "free space fell until a day ago", template("48000-67x360 23880x400", LARGE), "48h", step="4m"),
    Case(SOON, "a second exporter, started hours ago, sees only the fall",
         alone(NODE1, "storpool_pve_template_free_bytes", TEMPLATE, "40000x300 40000-40x200")
         | alone(NODE2, "storpool_pve_template_free_bytes", TEMPLATE, "_x300 40000-40x200")
         | both("storpool_pve_template_capacity_bytes", TEMPLATE, LARGE), "24h", step="4m"),
    Case(SOON, "a second exporter comes",
         alone(NODE1, "storpool_pve_template_free_bytes", TEMPLATE, "490-0.5x480")
         | alone(NODE2, "storpool_pve_template_free_bytes", TEMPLATE, "_x299 340-0.5x180")
         | both("storpool_pve_template_capacity_bytes", TEMPLATE, "1000x2000"), "28h", ONE_TEMPLATE, step="4m"),
    Case(SOON, "space free again since a moment", template("490-1x360 900x200"), "26h", ONE_TEMPLATE, step="4m"),
    Case(SOON, "space free again", template("490-1x360 900x200"), "28h", step="4m"),
    Case(SOON, "empty capacity", template("0x480", "0x480"), "24h", step="4m"),
    Case(UNKNOWN, "every poll fails",
         both("storpool_pve_template_failures_total", 'cause="api"', "0+1x100") | delivering(), "30m", ONE_JOB),
    Case(UNKNOWN, "every poll failed for hours",
         both("storpool_pve_template_failures_total", 'cause="api"', "0+1x500") | delivering(), "300m", ONE_JOB, [
             "No exporter of job storpool-pve has data about templates: 120 template polls failed within an hour."]),
    Case(UNKNOWN, "for ten minutes", both("storpool_pve_template_failures_total", 'cause="api"', "0+1x100") | delivering(), "10m"),
    Case(UNKNOWN, "one of two exporters knows the templates", {
        f'storpool_pve_template_failures_total{{{NODE1}, cause="api"}}': "0+1x100",
        f'storpool_pve_template_free_bytes{{{NODE2}, {TEMPLATE}}}': "5x100"} | delivering(), "60m"),
    Case(UNKNOWN, "object polls fail too",
         both("storpool_pve_template_failures_total", 'cause="api"', "0+1x100") | up(ALL_UP, ALL_UP), "60m"),
    Case(UNKNOWN, "templates are not polled", both("storpool_pve_template_failures_total", 'cause="api"', "0x100") | delivering(), "60m"),
    Case(UNKNOWN, "known again a moment ago",
         both("storpool_pve_template_failures_total", 'cause="api"', "0+1x40 40x200") | both(
             "storpool_pve_template_free_bytes", TEMPLATE, "_x40 5x200") | delivering(), "50m", ONE_JOB),
    Case(UNKNOWN, "known again",
         both("storpool_pve_template_failures_total", 'cause="api"', "0+1x40 40x200") | both(
             "storpool_pve_template_free_bytes", TEMPLATE, "_x40 5x200") | delivering(), "60m"),
]

WEEK = 2520  # steps of four minutes
EXPORTERS = [
    Case(NONE, "no exporter answers", up(ALL_DOWN, ALL_DOWN), "20m", ONE_JOB, [
        "None of the exporters of job storpool-pve answers Prometheus: StorPool is not monitored."]),
    Case(NONE, "one exporter still answers", up(ALL_UP, ALL_DOWN), "30m"),
    Case(NONE, "no exporter answers for five minutes", up("1x5 0x5 1x60", "1x5 0x5 1x60"), "11m"),
    Case(NONE, "one exporter answers again since a moment", up("1x5 0x25 1x60", ALL_DOWN), "35m", ONE_JOB),
    Case(NONE, "one exporter answers again", up("1x5 0x25 1x60", ALL_DOWN), "50m"),
    Case(NONE, "no exporter ever answered", {f"up{{{NODE1}}}": "0x60"}, "20m", [{}], [
        "Prometheus has never had an answer from an exporter of any job: StorPool is not monitored."]),
    Case(NONE, "a target of another job is down", {'up{job="node", instance="pve1:9100"}': "0x60", **up(ALL_UP, ALL_UP)}, "30m"),
    Case(NONE, "no exporter answers for eight days", up(f"1x5 0x{WEEK + 400}", f"1x5 0x{WEEK + 400}"), "192h", ONE_JOB, step="4m"),
    Case(NONE, "the job was not scraped for five days",
         up("1x5 stale _x1800 0x60", "1x5 stale _x1800 0x60"), "122h", ONE_JOB, step="4m"),
    Case(NONE, "the job was not scraped for ten days",
         up("1x5 stale _x3600 0x60", "1x5 stale _x3600 0x60"), "242h", [{}], step="4m"),
    Case(DOWN, "one of two is down", up(ALL_UP, ALL_DOWN), "30m", NODE2_ALONE, [
        "The exporter pve2:10058 (job storpool-pve) does not answer Prometheus."]),
    Case(DOWN, "one of two is down for ten minutes", up(ALL_UP, ALL_DOWN), "16m"),
    Case(DOWN, "first one, then all", up("1x40 0x100", ALL_DOWN), "45m", NODE2_ALONE),
    Case(DOWN, "one never answered, and all others are exporters", {
        f"up{{{NODE2}}}": "0x60", f"up{{{NODE1}}}": "1x60", f'storpool_pve_exporter_build_info{{{NODE1}, version="1"}}': "1x60"},
         "30m", NODE2_ALONE),
    Case(DOWN, "one never answered, and the job has other programs", {
        f"up{{{NODE2}}}": "0x60", f"up{{{NODE1}}}": "1x60", f'storpool_pve_exporter_build_info{{{NODE1}, version="1"}}': "1x60",
        'up{job="storpool-pve", instance="pve1:9100"}': "1x60"}, "30m"),
    Case(DOWN, "the exporter answers again since a moment", up(ALL_UP, "1x5 0x30 1x60"), "45m", NODE2_ALONE),
    Case(DOWN, "the exporter answers again", up(ALL_UP, "1x5 0x30 1x60"), "60m"),
    Case(API, "all exporters fail to poll", both("storpool_pve_up", "", "1x5 0x60"), "15m", ONE_JOB, [
        "No exporter of job storpool-pve can poll StorPool: the data about objects is old and will disappear."]),
    Case(API, "one still polls", {f"storpool_pve_up{{{NODE1}}}": "1x60", f"storpool_pve_up{{{NODE2}}}": "0x60"}, "30m"),
    Case(API, "three failed polls", both("storpool_pve_up", "", "1x5 0x2 1x60"), "8m"),
    Case(API, "polls fail, then the exporters do not answer", both("storpool_pve_up", "", "1x5 0x20 stale"), "36m", ONE_JOB),
    Case(API, "polls succeed again", both("storpool_pve_up", "", "1x5 0x20 1x60"), "45m"),
    Case(CANNOT, "one of two fails", {f"storpool_pve_up{{{NODE1}}}": "1x60", f"storpool_pve_up{{{NODE2}}}": "0x60"}, "20m", NODE2_ALONE, [
        "The last poll of pve2:10058 (job storpool-pve) failed, or its data is stale."]),
    Case(CANNOT, "for ten minutes", both("storpool_pve_up", "", "0x60"), "10m"),
    Case(CANNOT, "first one, then all", {f"storpool_pve_up{{{NODE1}}}": "1x30 0x60", f"storpool_pve_up{{{NODE2}}}": "0x90"},
         "33m", NODE2_ALONE),
    Case(CANNOT, "polls fail, then the exporters do not answer", both("storpool_pve_up", "", "0x30 stale"), "46m", TWO_NODES),
    Case(CANNOT, "polls succeed again", both("storpool_pve_up", "", "0x30 1x60"), "55m"),
    Case(STALE, "older than a quarter of an hour", polled("0+60x10 600x600", "0+60x10 600x600"), "28m", ONE_JOB, [
        "The last successful poll of job storpool-pve was 18m 0s ago."]),
    Case(STALE, "for a moment", polled("0+60x10 600x600", "0+60x10 600x600"), "26m"),
    Case(STALE, "ten minutes old", polled("-300+300x60", "-300+300x60"), "30m"),
    Case(STALE, "old on one node only", polled("0+60x100", "0x100"), "60m"),
    Case(STALE, "the clock of one is ahead, and both are old", polled("1000000x100", "0x100"), "40m", ONE_JOB),
    Case(STALE, "the clocks are behind", polled("-1200+60x100", "-1200+60x100"), "40m"),
    Case(STALE, "old data, then the exporters do not answer", polled("0x30 stale", "0x30 stale"), "40m", ONE_JOB),
    Case(STALE, "polled again", polled("0x30 1860+60x100", "0x30 1860+60x100"), "50m"),
    Case(SPACE, "older than three hours", space("600x600", "600x600"), "207m", ONE_JOB, [
        "Job storpool-pve has had no successful space poll for 3h 17m 0s."]),
    Case(SPACE, "for ten minutes", space("600x600", "600x600"), "200m"),
    Case(SPACE, "old on one node only", space("0x600", "0+60x600"), "300m"),
    Case(SPACE, "the clock of one is ahead, and both are old", space("1000000x600", "0x600"), "240m", ONE_JOB),
    Case(SPACE, "polled again a moment ago", space("0x240 14460+60x200", "0x240 14460+60x200"), "250m", ONE_JOB),
    Case(SPACE, "polled again", space("0x240 14460+60x200", "0x240 14460+60x200"), "260m"),
    Case(SPACE, "none ever succeeded", both("process_start_time_seconds", "", "0x600") | both(
        "storpool_pve_space_failures_total", 'cause="timeout"', "1+1x600"), "200m", ONE_JOB, [
            "Job storpool-pve has had no successful space poll for 3h 20m 0s."]),
    Case(SPACE, "none ever succeeded, on one node only", both("process_start_time_seconds", "", "0x600") | both(
        "storpool_pve_space_failures_total", 'cause="timeout"', "1+1x600") | {
            f"storpool_pve_space_last_success_timestamp_seconds{{{NODE1}}}": "0+60x600"}, "300m"),
    Case(SPACE, "not polled at all", both("process_start_time_seconds", "", "0x600") | both(
        "storpool_pve_space_failures_total", 'cause="timeout"', "0x600"), "300m"),
    Case(MALFORMED, "in every poll", both("storpool_pve_malformed_objects", "", "1x60"), "20m", ONE_JOB, [
        "1 object(s) in the replies to job storpool-pve have no id, no name or no valid size: no metric includes them, and they can "
        "keep Proxmox VE from listing a storage."]),
    Case(MALFORMED, "in one poll", both("storpool_pve_malformed_objects", "", "0x5 1 0x60"), "6m"),
    Case(MALFORMED, "in one poll, some time ago", both("storpool_pve_malformed_objects", "", "0x5 1 0x60"), "20m"),
    Case(MALFORMED, "a moment ago", both("storpool_pve_malformed_objects", "", "1x20 0x60"), "30m", ONE_JOB),
    Case(MALFORMED, "no more", both("storpool_pve_malformed_objects", "", "1x20 0x60"), "45m"),
    Case(JOURNAL, "events are lost", {
        f"storpool_pve_journal_failures_total{{{NODE1}}}": "0x60", f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 0+1x60"},
         "40m", NODE2_ALONE, [
            "About 15 events of pve2:10058 (job storpool-pve) in the last 15 minutes are not in the systemd journal."]),
    Case(JOURNAL, "one is lost", {f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 1x100"}, "12m", NODE2_ALONE),
    Case(JOURNAL, "one is lost a moment ago", {f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 1x100"}, "8m"),
    Case(JOURNAL, "one was lost within the hour", {f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 1x100"}, "62m", NODE2_ALONE),
    Case(JOURNAL, "one was lost long ago", {f"storpool_pve_journal_failures_total{{{NODE2}}}": "0x5 1x100"}, "70m"),
    Case(CLOCK, "two minutes ahead", clock(120), "20m", NODE2_ALONE, [
        "The clocks of pve2:10058 (job storpool-pve) and Prometheus differ by 2m 0s."]),
    Case(CLOCK, "64 seconds ahead", clock(64), "20m", NODE2_ALONE),
    Case(CLOCK, "56 seconds ahead", clock(56), "20m"),
    Case(CLOCK, "920 seconds behind", clock(-920), "30m", NODE2_ALONE),
    Case(CLOCK, "880 seconds behind", clock(-880), "30m"),
    Case(CLOCK, "ahead for five minutes", clock(120), "5m"),
    Case(CLOCK, "old, because it does not poll or polls fail", {
        f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": "0x600"}, "60m"),
    Case(CLOCK, "corrected a moment ago", {f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": "120+60x20 1260+60x60"},
         "28m", NODE2_ALONE),
    Case(CLOCK, "set right", {f"storpool_pve_last_success_timestamp_seconds{{{NODE2}}}": "120+60x20 1260+60x60"}, "40m"),
]
CASES = STORAGES + TEMPLATES + EXPORTERS
