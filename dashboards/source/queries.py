"""The PromQL expressions of the dashboards.

Several nodes may export the same StorPool cluster. `once` takes the largest value of each series over jobs and instances
before sums, so that nothing counts twice. Templates and foreign objects have no label that identifies the StorPool
cluster: they are grouped by job and never summed.
"""

# Every selector of this exporter's metrics has these two matchers.
EXPORTER = 'job=~"$job", instance=~"$instance"'
STORAGE = EXPORTER + ', pve_cluster=~"$pve_cluster", storage=~"$storage"'
OBJECT = STORAGE + ', vmid=~"$vmid"'

VM = "pve_cluster, vmid"
STORAGE_KEY = "pve_cluster, storage"
ANOMALY = "global_id, object_kind, object_type, pve_cluster, storage, vmid, reason, severity"
# Maximum number of rows of a table.
ROWS = 50


def metric(name, matchers, *more, offset=""):
    """A selector of `storpool_pve_NAME`."""
    return f"storpool_pve_{name}{{{', '.join([matchers, *more])}}}" + (f" offset {offset}" if offset else "")


def once(name, labels, *more, matchers=OBJECT, keep="max", offset=""):
    """Merges the equal series of several exporters into one, by default with the largest value."""
    return f"{keep} by ({labels}) ({metric(name, matchers, *more, offset=offset)})"


def total(name, by, *more, offset=""):
    """The sum over objects by the labels `by`, or over all objects if `by` is empty."""
    series = once(name, "pve_cluster, storage, object_type, vmid", *more, offset=offset)
    return f"sum by ({by}) ({series})" if by else f"sum({series})"


def of_vms(name, *more):
    return total(name, VM, OF_A_VM, *more)


def reclaimable(by):
    series = once("snapshot_reclaimable_bytes", "pve_cluster, storage, vmid")
    return f"sum by ({by}) ({series})" if by else f"sum({series})"


def oldest_of_all():
    return f"min({metric('oldest_snapshot_timestamp_seconds', OBJECT)})"


def most_snapshots():
    """The largest number of disk snapshots of one VM."""
    return f"max({of_vms('objects', SNAPSHOTS)})"


def oldest_snapshot(by, *more):
    return once("oldest_snapshot_timestamp_seconds", by, *more, keep="min")


def newest_snapshot(by, *more):
    return once("newest_snapshot_timestamp_seconds", by, *more)


def anomalies(by, *more):
    """The number of anomalies by the labels `by`. Each reason has one severity."""
    key = "pve_cluster, storage, reason" + (", severity" if by == "severity" else "")
    series = once("anomalies", key, *more, matchers=STORAGE)
    return f"sum by ({by}) ({series})" if by else f"sum({series})"


def worst_anomaly():
    """3 for an error, 2 for a warning, 1 for a notice, 0 if the selected VMs have no anomaly."""
    ranks = [f"(group({metric('anomaly_info', OBJECT, severity)}) * {rank})"
             for rank, severity in ((3, ERROR), (2, WARNING), (1, NOTICE))]
    return f"{' or '.join(ranks)} or group({vms()}) * 0"


def broken_storages():
    """The number of storages with errors; 0 if no storage has errors."""
    return f"sum({once('anomalies', STORAGE_KEY, ERROR, matchers=STORAGE)} > bool 0)"


ERROR, WARNING, NOTICE = ('severity="error"', 'severity="warning"', 'severity="notice"')
SNAPSHOTS = 'object_type="snapshot"'
OF_A_VM = 'vmid!=""'


# VMs from prometheus-pve-exporter. pve_guest_info has the id (qemu/104) and the name of a VM. pve_cluster_info of the same
# target has the name of the cluster, which equals the label pve_cluster. A host without a cluster has no
# pve_cluster_info, so its guests are matched by vmid alone.

GUEST = 'label_replace({}, "vmid", "$1", "id", "[^/]*/(.+)")'


SCRAPED_CLUSTER = 'label_replace(pve_cluster_info, "pve_cluster", "$1", "id", "cluster/(.+)")'


def guests_of_clusters(labels=VM):
    return (f"group by ({labels}) ({GUEST.format('pve_guest_info')} * on (job, instance) group_left (pve_cluster)"
            f" max by (job, instance, pve_cluster) ({SCRAPED_CLUSTER}))")


def other_guests(labels="vmid"):
    return f"group by ({labels}) ({GUEST.format('(pve_guest_info unless on (job, instance) pve_cluster_info)')})"


def vms():
    """1 for each VM with objects on StorPool."""
    return once("objects", VM, OF_A_VM, keep="group")


def names():
    """1 with the label `name` for each VM whose name prometheus-pve-exporter reports."""
    return (f"topk by ({VM}) (1, {guests_of_clusters(VM + ', name')}) or on ({VM})"
            f" ({vms()} unless on (pve_cluster) {SCRAPED_CLUSTER})"
            f" * on (vmid) group_left (name) topk by (vmid) (1, {other_guests('vmid, name')})")


def named(expression, key):
    """Adds the label `name` to series of VMs with a known name. The labels in `key` identify a series."""
    return f"({expression}) * on ({VM}) group_left (name) ({names()}) or on ({key}) ({expression})"


def gone_vms():
    """1 for each VM on StorPool that Proxmox VE does not list, in clusters that prometheus-pve-exporter monitors.

    A cluster is monitored if it has pve_cluster_info, even without guests. A cluster without it is monitored if one of its
    VM ids is that of a guest on a host without a cluster.
    """
    anywhere = metric("objects", EXPORTER, OF_A_VM)
    return (f"{vms()} and on (pve_cluster) {SCRAPED_CLUSTER} unless on ({VM}) {guests_of_clusters()}"
            f" or ({vms()} unless on (pve_cluster) {SCRAPED_CLUSTER})"
            f" and on (pve_cluster) ({anywhere} and on (vmid) {other_guests()}) unless on (vmid) {other_guests()}")


def gone_count():
    """The number of `gone_vms`. No result without metrics of prometheus-pve-exporter."""
    return f"count({gone_vms()}) or count(pve_cluster_info or pve_guest_info) * 0"


def of_these(expression, rows, key=VM):
    return f"{expression} and on ({key}) {rows}"


def largest_vms():
    """The VMs with the most stored data, or with the largest size if space is not polled."""
    stored = of_vms("stored_bytes")
    return f"topk({ROWS}, {stored} or ({of_vms('provisioned_bytes')} unless on () {stored}))"


def growth(name, by, *more):
    """The change over the selected time range. New objects count from zero. Empty if no data is that old."""
    now, before = total(name, by, *more), total(name, by, *more, offset="$__range")
    return f"{now} - ({before} or {now} * 0 and on () {before})"


# Templates are grouped by job and name, because several StorPool clusters may have a template with the same name.

TEMPLATE = "job, template"


def template(name):
    return once(f"template_{name}_bytes", TEMPLATE, matchers=EXPORTER)


def template_used(by=TEMPLATE):
    capacity, free = (metric(f"template_{name}_bytes", EXPORTER) for name in ("capacity", "free"))
    used = f"1 - {free} / ({capacity} > 0)"
    return f"max by ({by}) ({used})" if by else f"max({used})"


def template_full_in(by=TEMPLATE):
    """Seconds until the template has no free space if the trend of the selected time range continues.

    The result is 0 if the template is full, and empty if its free space does not decrease. The trend uses the smallest value
    over all exporters, because a new exporter has no samples from the beginning of the time range.
    """
    free = metric("template_free_bytes", EXPORTER)
    least = f"min by ({TEMPLATE}) ({free})"
    trend = f"deriv(({least})[$__range:$__interval])"
    soonest = f"{least} / -({trend} < 0) or {least} == 0"
    return f"min by ({by}) ({soonest})" if by else f"min({soonest})"


def all_growth():
    """The change of all stored data over the selected time range. Empty if no data is that old."""
    return f"{total('stored_bytes', '')} - {total('stored_bytes', '', offset='$__range')}"


# Exporters


def of_exporters(expression):
    """Restricts a metric that other programs also have (`up`, `process_…`) to this exporter."""
    return f"{expression} and on (job, instance) last_over_time({metric('up', EXPORTER)}[$__range])"


def exporters():
    """1 for each exporter that answers, 0 for each exporter that does not, like the rule storpool_pve:exporter:up.

    A target that has not answered in the selected time range counts as an exporter if all targets of its job that answer
    are exporters.
    """
    up, build = metric_of_others("up"), metric("exporter_build_info", EXPORTER)
    return (f"{up} and on (job, instance) last_over_time({build}[$__range]) or {up} == 0 and on (job) last_over_time({build}[$__range])"
            f" unless on (job) ({up} == 1 unless on (job, instance) {build})")


def metric_of_others(name):
    return f"{name}{{{EXPORTER}}}"


def each_exporter(name):
    return once(name, "job, instance", matchers=EXPORTER)


def healthy_exporters():
    """The share of exporters that answer and whose last poll succeeded."""
    targets = f"count({exporters()})"
    return f"(sum({metric('up', EXPORTER)}) or {targets} * 0) / {targets}"


def rate(name, by):
    return f"sum by ({by}) (rate({metric(name, EXPORTER)}[$__rate_interval]))"
