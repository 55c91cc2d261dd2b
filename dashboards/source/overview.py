"""Space by cluster, storage, type and VM; snapshots; fill levels of templates."""

import frame
import queries as q
from panels import (
    CLUSTER, FILLING, FULL_NOW, FULL_SOON, MANY_SNAPSHOTS, NAME, STORAGE, VM, ALL_IS_GOOD, NONE_IS_GOOD_ELSE_BAD, NONE_IS_GOOD_ELSE_NOTABLE,
    Column, bars, curves, figure, listing)

SNAPSHOT_NOTE = "Counts disk snapshots: a snapshot of a VM with three disks counts as three."
SPACE_TIME = "As of the last space poll (every 15 minutes by default)."

# Maximum number of points per series in panels that query all objects. Prometheus refuses queries that load more than 50
# million samples. With 10,000 VMs, each of 20 exporters has about 22,000 series, which makes 44 million samples.
POINTS = 100


def space():
    return [
        (3, figure("Objects", "Volumes and snapshots of Proxmox VE on StorPool, without snapshots being deleted.",
                   q.total("objects", ""))),
        (3, figure("Provisioned", "Sum of the sizes of all volumes and snapshots, as the VMs see them.",
                   q.total("provisioned_bytes", ""), "bytes")),
        (3, figure("Stored", f"Data stored for the objects, before replication. {SPACE_TIME}",
                   q.total("stored_bytes", ""), "bytes")),
        (3, figure("Growth", "Change of the stored data over the selected time range.",
                   q.all_growth(), "bytes", no_value="no data that old")),
        (3, figure("Disk snapshots", SNAPSHOT_NOTE, q.total("objects", "", q.SNAPSHOTS))),
        (3, figure("Most snapshots of a VM", f"The table \"Most snapshots\" names the VM. {SNAPSHOT_NOTE} Empty with --no-metrics.per-vm.",
                   q.most_snapshots(), steps=MANY_SNAPSHOTS, no_value="none per VM")),
        (3, figure("Oldest snapshot",
                   "Creation time of the oldest disk snapshot or saved VM state. The table \"Oldest snapshots\" names the VM.",
                   f"{q.oldest_of_all()} * 1000", "dateTimeFromNow", no_value="no snapshots")),
        (3, figure("Reclaimable from snapshots",
                   "Sum over all disk snapshots of the bytes that deleting only that snapshot would free. Deleting all of "
                   "them frees at least as much.",
                   q.reclaimable(""), "bytes")),
    ]


def health():
    return [
        (4, figure("Fullest template", "Fill level of the fullest template. The table of templates names it.",
                   q.template_used(""), "percentunit", steps=FILLING, decimals=1)),
        (4, figure("First template full in",
                   "Time until the first template has no free space, if the trend of the selected time range continues.",
                   q.template_full_in(""), "s", steps=FULL_SOON, texts=FULL_NOW, no_value="none fills up")),
        (4, figure("Broken storages",
                   "Storages that Proxmox VE cannot list, because StorPool's plugin refuses at least one object on each of "
                   "them. The dashboard \"Anomalies and exporter health\" names the objects.",
                   q.broken_storages(), steps=NONE_IS_GOOD_ELSE_BAD)),
        (4, figure("Warnings", "Anomalies of severity warning. An object can have several. The dashboard "
                   "\"Anomalies and exporter health\" names the objects.",
                   q.anomalies("", q.WARNING), steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (4, figure("VMs not in Proxmox VE",
                   "VMs with objects on StorPool that prometheus-pve-exporter does not list, although it monitors their "
                   "cluster. A table below names them.",
                   q.gone_count(), steps=NONE_IS_GOOD_ELSE_NOTABLE, no_value="not scraped")),
        (4, figure("Healthy exporters",
                   "Share of exporters that answer and whose last poll of StorPool succeeded.",
                   q.healthy_exporters(), "percentunit", steps=ALL_IS_GOOD, decimals=0)),
    ]


def templates():
    return listing(
        "Templates",
        "One row per template and job. Full in is the time until the template has no free space, if the trend of the selected "
        "time range continues; it is empty if the free space does not decrease. Templates on the same drives include the same space; do "
        "not add them.",
        [Column("Template", label="template"),
         Column("Used", expression=q.template_used(), unit="percentunit", steps=FILLING, gauge=True),
         Column("Full in", expression=q.template_full_in(), unit="s", steps=FULL_SOON, texts=FULL_NOW, width=110),
         Column("Free", expression=q.template("free"), unit="bytes", width=100),
         Column("Capacity", expression=q.template("capacity"), unit="bytes", width=100),
         Column("Job", label="job", width=130)],
        sort="Used", no_value="no data: template polls are turned off or fail")


def storages():
    return listing(
        "Storages", "Contents of each storage. Errors keep Proxmox VE from listing the storage; an object can have several errors.",
        [CLUSTER, STORAGE,
         Column("Stored", expression=q.total("stored_bytes", q.STORAGE_KEY), unit="bytes"),
         Column("Provisioned", expression=q.total("provisioned_bytes", q.STORAGE_KEY), unit="bytes"),
         Column("Objects", expression=q.total("objects", q.STORAGE_KEY)),
         Column("Disk snapshots", expression=q.total("objects", q.STORAGE_KEY, q.SNAPSHOTS)),
         Column("Reclaimable", expression=q.reclaimable(q.STORAGE_KEY), unit="bytes"),
         Column("Errors", expression=q.anomalies(q.STORAGE_KEY, q.ERROR), steps=NONE_IS_GOOD_ELSE_BAD)],
        sort="Stored", no_value="no data")


def largest_vms():
    rows = q.largest_vms()
    return listing(
        "Largest VMs",
        f"The {q.ROWS} VMs with the most stored data, snapshots included, or with the largest provisioned size if space is not "
        "polled. Names come from prometheus-pve-exporter. Click a VM to open its dashboard.",
        [VM, NAME, CLUSTER,
         Column("Stored", expression=f"topk({q.ROWS}, {q.of_vms('stored_bytes')})", unit="bytes"),
         Column("Provisioned", expression=q.of_these(q.of_vms("provisioned_bytes"), rows), unit="bytes"),
         Column("Objects", expression=q.of_these(q.of_vms("objects"), rows))],
        sort="Stored", extra=[q.of_these(f"({q.names()})", rows)], no_value="no data per VM")


def grown_vms():
    rows = f"topk({q.ROWS}, {q.growth('stored_bytes', q.VM, q.OF_A_VM)} > 0)"
    return listing(
        "Largest growth",
        f"The {q.ROWS} VMs whose stored data grew most over the selected time range. A new VM has grown from zero. "
        "If there is no data, Prometheus has no samples from the beginning of the range: select a shorter range.",
        [VM, NAME, CLUSTER, Column("Growth", expression=rows, unit="bytes"),
         Column("Stored", expression=q.of_these(q.of_vms("stored_bytes"), rows), unit="bytes")],
        sort="Growth", extra=[q.of_these(f"({q.names()})", rows)], no_value="no growth, or no data that old")


def snapshots(title, description, rows, sort, descending):
    return listing(
        title, f"{description} {SNAPSHOT_NOTE} Reclaimable: the sum of what deleting only one of them would free.",
        [VM, NAME, CLUSTER,
         Column("Disk snapshots", expression=q.of_these(q.of_vms("objects", q.SNAPSHOTS), rows),
                steps=MANY_SNAPSHOTS),
         Column("Oldest", expression=f"({q.of_these(q.oldest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow"),
         Column("Newest", expression=f"({q.of_these(q.newest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow"),
         Column("Reclaimable", expression=q.of_these(q.reclaimable(q.VM), rows), unit="bytes")],
        sort=sort, descending=descending, extra=[q.of_these(f"({q.names()})", rows)], no_value="no snapshots")


def gone_vms():
    rows = f"topk({q.ROWS}, ({q.of_vms('provisioned_bytes')}) and on ({q.VM}) ({q.gone_vms()}))"
    return listing(
        "VMs missing in Proxmox VE",
        "VMs with disks or snapshots on StorPool that prometheus-pve-exporter does not list, although it monitors their cluster "
        "(pve_cluster_info). Check them before you delete anything. Without pve_cluster_info, a cluster counts as monitored if "
        "one of its VMs is known, and VMs of different clusters with the same id count as one.",
        [VM, CLUSTER, Column("Provisioned", expression=rows, unit="bytes"),
         Column("Stored", expression=q.of_these(q.of_vms("stored_bytes"), rows), unit="bytes"),
         Column("Objects", expression=q.of_these(q.of_vms("objects"), rows)),
         Column("Newest snapshot", expression=f"({q.of_these(q.newest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow")],
        sort="Stored", no_value="none, or no pve_guest_info")


def build():
    board = frame.new(
        "storpool-pve-overview",
        "Space that Proxmox VE uses on StorPool by cluster, storage, type and VM; growth; snapshots; fill levels of "
        "templates.", since="now-7d", refresh="5m")
    most = f"topk({q.ROWS}, {q.of_vms('objects', q.SNAPSHOTS)})"
    oldest = f"bottomk({q.ROWS}, {q.oldest_snapshot(q.VM, q.OF_A_VM)})"
    return frame.lay_out(board, [
        (3, *space()),
        (3, *health()),
        (6, (14, storages()), (10, templates())),
        (6, (5, bars("Stored by cluster", f"Stored data of each Proxmox VE cluster. {SPACE_TIME}",
                     q.total("stored_bytes", "pve_cluster"), "{{pve_cluster}}", "bytes")),
         (5, bars("Stored by type", "Stored data by object type, such as disks, disk snapshots, saved VM "
                  f"states and bases (disks of VM templates). {SPACE_TIME}", q.total("stored_bytes", "object_type"),
                  "{{object_type}}", "bytes")),
         (14, largest_vms())),
        (6, (12, snapshots("Most snapshots", f"The {q.ROWS} VMs with the most disk snapshots.", most,
                           "Disk snapshots", True)),
         (12, gone_vms())),
        (8, (12, grown_vms()),
         (12, snapshots("Oldest snapshots",
                        f"The {q.ROWS} VMs with the oldest disk snapshot or saved VM state.", oldest, "Oldest",
                        False))),
        (8, (8, curves("Stored by storage", f"Stored data of each storage. {SPACE_TIME}",
                       [(q.total("stored_bytes", q.STORAGE_KEY), "{{pve_cluster}} {{storage}}")], "bytes", stacked=True,
                       points=POINTS)),
         (8, curves("Provisioned by storage", "Sizes of the objects of each storage.",
                    [(q.total("provisioned_bytes", q.STORAGE_KEY), "{{pve_cluster}} {{storage}}")], "bytes", stacked=True,
                    points=POINTS)),
         (8, curves("Free template space", "Free space for client data. Templates on the same drives include the same free "
                    "space; do not add them.",
                    [(q.template("free"), "{{template}} ({{job}})")], "bytes"))),
        (7, (12, curves("Foreign objects",
                        "Size of the volumes and snapshots that do not belong to Proxmox VE, by job. With --pve.cluster, also "
                        "objects outside the named clusters. Snapshots being deleted are not included.",
                        [(q.once("foreign_bytes", "job, object_kind", matchers=q.EXPORTER),
                          "{{object_kind}}s ({{job}})")], "bytes")),
         (12, curves("Snapshots being deleted",
                     "Size of the snapshots that StorPool is deleting, including foreign snapshots; by job.",
                     [(q.once("going_bytes", "job", matchers=q.EXPORTER), "{{job}}")], "bytes"))),
    ])
