"""Where the space goes, who has the snapshots, and how full the templates are."""

import frame
import queries as q
from panels import (
    CLUSTER, FILLING, FULL_NOW, FULL_SOON, MANY_SNAPSHOTS, NAME, STORAGE, VM, ALL_IS_GOOD, NONE_IS_GOOD_ELSE_BAD, NONE_IS_GOOD_ELSE_NOTABLE,
    Column, bars, curves, figure, listing)

ONE_EACH = "A disk snapshot counts as one: a snapshot of a VM with three disks is three."
AT_WHAT_TIME = "The space is as of the last space poll, every 15 minutes unless configured otherwise."

# Prometheus loads 50 million samples for a query and no more. These curves ask for every series: of 10,000 VMs, which
# have about 22,000, as many nodes as 20 export them with so many points.
POINTS = 100


def space():
    return [
        (3, figure("Objects", "Volumes and snapshots of Proxmox VE on StorPool, those being deleted left out.",
                   q.total("objects", ""))),
        (3, figure("Provisioned", "The sum of the sizes as the VMs see them, of volumes and snapshots.",
                   q.total("provisioned_bytes", ""), "bytes")),
        (3, figure("Stored", f"Data that the objects hold themselves, before replication. {AT_WHAT_TIME}",
                   q.total("stored_bytes", ""), "bytes")),
        (3, figure("Growth", "The change of stored data from the beginning of the shown time to its end.",
                   q.all_growth(), "bytes", no_value="no data so old")),
        (3, figure("Disk snapshots", ONE_EACH, q.total("objects", "", q.SNAPSHOTS))),
        (3, figure("Most snapshots of a VM", f"The table below names the VM. {ONE_EACH} Nothing without series by VM.",
                   q.most_snapshots(), steps=MANY_SNAPSHOTS, no_value="none by VM")),
        (3, figure("Oldest snapshot", "When the oldest disk snapshot or saved state was taken; a table names the VM.",
                   f"{q.oldest_of_all()} * 1000", "dateTimeFromNow", no_value="no snapshots")),
        (3, figure("Snapshots give back",
                   "What deleting each disk snapshot alone would free, summed up: a lower bound for deleting all.",
                   q.reclaimable(""), "bytes")),
    ]


def states():
    return [
        (4, figure("Fullest template", "How full the fullest template is; the table of templates names it.",
                   q.template_used(""), "percentunit", steps=FILLING, decimals=1)),
        (4, figure("First template full in",
                   "The time until the first template has nothing free, if it goes on as over the shown time; full, when "
                   "one has nothing free now.",
                   q.template_full_in(""), "s", steps=FULL_SOON, texts=FULL_NOW, no_value="none fills up")),
        (4, figure("Broken storages",
                   "Storages with an object that StorPool's plugin refuses: Proxmox VE fails to list them. The "
                   "dashboard of anomalies names the objects.",
                   q.broken_storages(), steps=NONE_IS_GOOD_ELSE_BAD)),
        (4, figure("Warnings", "Reasons for which objects do not work or are ambiguous; an object can have several. The dashboard of "
                   "anomalies names them.",
                   q.anomalies("", q.WARNING), steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (4, figure("VMs not in Proxmox VE",
                   "VMs with something on StorPool that prometheus-pve-exporter does not list, although it scrapes "
                   "their cluster. A table below names them.",
                   q.gone_count(), steps=NONE_IS_GOOD_ELSE_NOTABLE, no_value="not scraped")),
        (4, figure("Exporters well",
                   "The share of the exporters that answer and whose last poll of StorPool succeeded.",
                   q.seeing(), "percentunit", steps=ALL_IS_GOOD, decimals=0)),
    ]


def templates():
    return listing(
        "Templates: how full, and when full",
        "Full in: the time until nothing is free if it goes on as over the shown time; empty when it does not fill up, "
        "full when nothing is free now. "
        "Templates that share drives overlap, so there is no total. One row for each template and job.",
        [Column("Template", label="template"),
         Column("Used", expression=q.template_used(), unit="percentunit", steps=FILLING, gauge=True),
         Column("Full in", expression=q.template_full_in(), unit="s", steps=FULL_SOON, texts=FULL_NOW, width=110),
         Column("Free", expression=q.template("free"), unit="bytes", width=100),
         Column("Capacity", expression=q.template("capacity"), unit="bytes", width=100),
         Column("Job", label="job", width=130)],
        sort="Used", no_value="no data: templates are not polled")


def storages():
    return listing(
        "Storages", "What is on each storage. Errors keep Proxmox VE from listing it; an object can have several.",
        [CLUSTER, STORAGE,
         Column("Stored", expression=q.total("stored_bytes", q.PLACE), unit="bytes"),
         Column("Provisioned", expression=q.total("provisioned_bytes", q.PLACE), unit="bytes"),
         Column("Objects", expression=q.total("objects", q.PLACE)),
         Column("Disk snapshots", expression=q.total("objects", q.PLACE, q.SNAPSHOTS)),
         Column("Snapshots give back", expression=q.reclaimable(q.PLACE), unit="bytes"),
         Column("Errors", expression=q.anomalies(q.PLACE, q.ERROR), steps=NONE_IS_GOOD_ELSE_BAD)],
        sort="Stored", no_value="no data")


def largest_vms():
    rows = q.largest_vms()
    return listing(
        "Largest VMs",
        f"The {q.ROWS} VMs that store most, their snapshots included; the largest by size where the space is not "
        "polled. Names are those of prometheus-pve-exporter, where it is scraped. A click opens the VM.",
        [VM, NAME, CLUSTER,
         Column("Stored", expression=f"topk({q.ROWS}, {q.of_vms('stored_bytes')})", unit="bytes"),
         Column("Provisioned", expression=q.of_these(q.of_vms("provisioned_bytes"), rows), unit="bytes"),
         Column("Objects", expression=q.of_these(q.of_vms("objects"), rows))],
        sort="Stored", extra=[q.of_these(f"({q.names()})", rows)], no_value="no data by VM")


def grown_vms():
    rows = f"topk({q.ROWS}, {q.growth('stored_bytes', q.VM, q.OF_A_VM)} > 0)"
    return listing(
        "What grew most over the shown time",
        f"The change of stored data from the beginning of the shown time to its end; the {q.ROWS} VMs that grew most. "
        "A VM that was not there has grown from nothing. No data: Prometheus knows nothing that old yet, so choose a "
        "shorter time.",
        [VM, NAME, CLUSTER, Column("Growth", expression=rows, unit="bytes"),
         Column("Stored", expression=q.of_these(q.of_vms("stored_bytes"), rows), unit="bytes")],
        sort="Growth", extra=[q.of_these(f"({q.names()})", rows)], no_value="nothing grew, or no data from so long ago")


def snapshots(title, description, rows, sort, descending):
    return listing(
        title, f"{description} {ONE_EACH} Give back: what deleting each alone would free, a lower bound for all.",
        [VM, NAME, CLUSTER,
         Column("Disk snapshots", expression=q.of_these(q.of_vms("objects", q.SNAPSHOTS), rows),
                steps=MANY_SNAPSHOTS),
         Column("Oldest", expression=f"({q.of_these(q.oldest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow"),
         Column("Newest", expression=f"({q.of_these(q.newest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow"),
         Column("Give back", expression=q.of_these(q.reclaimable(q.VM), rows), unit="bytes")],
        sort=sort, descending=descending, extra=[q.of_these(f"({q.names()})", rows)], no_value="no snapshots")


def gone_vms():
    rows = f"topk({q.ROWS}, ({q.of_vms('provisioned_bytes')}) and on ({q.VM}) ({q.gone_vms()}))"
    return listing(
        "On StorPool, and no longer in Proxmox VE",
        "VMs whose disks or snapshots exist on StorPool and which prometheus-pve-exporter does not list for a cluster "
        "that it scrapes (pve_cluster_info): look at them before you delete anything. Without pve_cluster_info a cluster counts as "
        "scraped when one of its VMs is known, and VMs of the same number are taken for one.",
        [VM, CLUSTER, Column("Provisioned", expression=rows, unit="bytes"),
         Column("Stored", expression=q.of_these(q.of_vms("stored_bytes"), rows), unit="bytes"),
         Column("Objects", expression=q.of_these(q.of_vms("objects"), rows)),
         Column("Newest snapshot", expression=f"({q.of_these(q.newest_snapshot(q.VM, q.OF_A_VM), rows)}) * 1000",
                unit="dateTimeFromNow")],
        sort="Stored", no_value="none, or pve_guest_info is not scraped")


def build():
    board = frame.new(
        "storpool-pve-overview",
        "Where the space of Proxmox VE on StorPool goes: by cluster, storage, type and VM, what grew, which snapshots "
        "there are, and how full the templates are.", since="now-7d", refresh="5m")
    most = f"topk({q.ROWS}, {q.of_vms('objects', q.SNAPSHOTS)})"
    oldest = f"bottomk({q.ROWS}, {q.oldest_snapshot(q.VM, q.OF_A_VM)})"
    return frame.lay_out(board, [
        (3, *space()),
        (3, *states()),
        (6, (14, storages()), (10, templates())),
        (6, (5, bars("Stored by cluster", f"Stored data of each Proxmox VE cluster. {AT_WHAT_TIME}",
                     q.total("stored_bytes", "pve_cluster"), "{{pve_cluster}}", "bytes")),
         (5, bars("Stored by type", "What kind of object holds the data: disks, their snapshots, bases of linked "
                  f"clones, saved memory, images. {AT_WHAT_TIME}", q.total("stored_bytes", "object_type"),
                  "{{object_type}}", "bytes")),
         (14, largest_vms())),
        (6, (12, snapshots("Most snapshots", f"The {q.ROWS} VMs with most disk snapshots.", most,
                           "Disk snapshots", True)),
         (12, gone_vms())),
        (8, (12, grown_vms()),
         (12, snapshots("Oldest snapshots",
                        f"The {q.ROWS} VMs whose oldest disk snapshot or saved state is oldest.", oldest, "Oldest",
                        False))),
        (8, (8, curves("Stored by storage", f"Stored data of each storage. {AT_WHAT_TIME}",
                       [(q.total("stored_bytes", q.PLACE), "{{pve_cluster}} {{storage}}")], "bytes", stacked=True,
                       points=POINTS)),
         (8, curves("Provisioned by storage", "Sizes of the objects of each storage.",
                    [(q.total("provisioned_bytes", q.PLACE), "{{pve_cluster}} {{storage}}")], "bytes", stacked=True,
                    points=POINTS)),
         (8, curves("Templates: free", "Room for client data; templates that share drives overlap.",
                    [(q.template("free"), "{{template}} ({{job}})")], "bytes"))),
        (7, (12, curves("Foreign objects",
                        "Volumes and snapshots that are not of Proxmox VE, or not of the clusters asked for; by job.",
                        [(q.once("foreign_bytes", "job, object_kind", matchers=q.EXPORTER),
                          "{{object_kind}}s ({{job}})")], "bytes")),
         (12, curves("Snapshots on their way out",
                     "Snapshots that StorPool is deleting, whoever's they are; by job. They free their space as they "
                     "go.", [(q.once("going_bytes", "job", matchers=q.EXPORTER), "{{job}}")], "bytes"))),
    ])
