"""What one VM, or a few, have on StorPool."""

import frame
import queries as q
from panels import (
    CLUSTER, NONE_IS_GOOD_ELSE_NOTABLE, SEVERITIES, STORAGE, VM, VM_DASHBOARD, WORST, Column, curves,
    figure, listing)

OBJECT_KEY = "pve_cluster, storage, object_type, vmid"


def figures():
    name = (f"({q.names()}) and on ({q.VM}) {q.vms()} or on ({q.VM})"
            f' label_replace({q.vms()}, "name", "VM $1", "vmid", "(.+)")')
    return [
        (6, figure("Virtual machine", "The name that prometheus-pve-exporter knows, else the number; its cluster.", name,
                   names_only="{{name}} ({{pve_cluster}} {{vmid}})")),
        (3, figure("Not in Proxmox VE",
                   "How many of the chosen VMs prometheus-pve-exporter does not list, although it scrapes their "
                   "cluster.", q.gone_count(), steps=NONE_IS_GOOD_ELSE_NOTABLE, no_value="not scraped")),
        (3, figure("Provisioned", "The sum of the sizes of all its volumes and snapshots.",
                   q.total("provisioned_bytes", ""), "bytes")),
        (3, figure("Stored", "Data that all its volumes and snapshots hold, before replication.",
                   q.total("stored_bytes", ""), "bytes")),
        (3, figure("Snapshots give back",
                   "What deleting each of its disk snapshots alone would free: a lower bound for deleting all.",
                   q.reclaimable(""), "bytes", no_value="no snapshots")),
        (3, figure("Oldest snapshot", "When the oldest disk snapshot or saved state was taken.",
                   f"min({q.oldest_snapshot(q.VM)}) * 1000", "dateTimeFromNow", no_value="no snapshots")),
        (3, figure("Anomalies", "The worst that is wrong with its objects; the table below names them all.",
                   q.worst_anomaly(), texts=WORST, no_value="no data")),
    ]


def objects():
    return listing(
        "What it has", "By storage and type. A disk snapshot counts as one for each disk of a snapshot of the VM.",
        [VM, CLUSTER, STORAGE, Column("Type", label="object_type"),
         Column("Objects", expression=q.once("objects", OBJECT_KEY)),
         Column("Provisioned", expression=q.once("provisioned_bytes", OBJECT_KEY), unit="bytes"),
         Column("Stored", expression=q.once("stored_bytes", OBJECT_KEY), unit="bytes")],
        sort="Stored", no_value="nothing on StorPool")


def anomalies():
    return listing(
        "What is wrong with it",
        "Each anomaly of its objects, and since when the exporter knows it. The README says what each reason means and "
        "what to do.",
        [Column("Severity", label="severity", texts=SEVERITIES), Column("Reason", label="reason"),
         Column("Object", label="global_id"), Column("Kind", label="object_kind"), Column("Type", label="object_type"),
         STORAGE, CLUSTER, VM,
         Column("Since", expression=f"{q.once('anomaly_first_seen_timestamp_seconds', q.ANOMALY, keep='min')} * 1000",
                unit="dateTimeAsIso")],
        sort="Since", no_value="nothing")


def build():
    board = frame.new(
        VM_DASHBOARD,
        "What the chosen VMs have on StorPool: disks, snapshots, space, and what is wrong with them.",
        since="now-7d", refresh="5m", one_vm=True)
    legend = "{{pve_cluster}} {{vmid}} {{object_type}}"
    by = "pve_cluster, vmid, object_type"
    return frame.lay_out(board, [
        (4, *figures()),
        (8, (12, objects()), (12, anomalies())),
        (9, (12, curves("Stored over time", "Data held by its objects of each type, as of the last space poll.",
                        [(q.total("stored_bytes", by), legend)], "bytes", stacked=True)),
         (12, curves("Provisioned over time", "Sizes of its objects of each type.",
                     [(q.total("provisioned_bytes", by), legend)], "bytes", stacked=True))),
        (9, (12, curves("Objects over time", "How many objects of each type it has. Steps show snapshots taken and deleted.",
                        [(q.total("objects", by), legend)], "short")),
         (12, curves("Snapshots would give back",
                     "What deleting each of its disk snapshots alone would free, as of the last space poll.",
                     [(q.reclaimable(q.VM), "{{pve_cluster}} {{vmid}}")], "bytes"))),
    ])
