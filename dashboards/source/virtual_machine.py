"""Objects, space and anomalies of the selected VMs."""

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
        (6, figure("Virtual machine", "Name, cluster and id of the VM. The name comes from prometheus-pve-exporter; if it is unknown, the id replaces it.",
                   name,
                   names_only="{{name}} ({{pve_cluster}} {{vmid}})")),
        (3, figure("Not in Proxmox VE",
                   "Selected VMs that prometheus-pve-exporter does not list, although it monitors their "
                   "cluster.", q.gone_count(), steps=NONE_IS_GOOD_ELSE_NOTABLE, no_value="not scraped")),
        (3, figure("Provisioned", "Sum of the sizes of all volumes and snapshots of the VM.",
                   q.total("provisioned_bytes", ""), "bytes")),
        (3, figure("Stored", "Data stored for all volumes and snapshots of the VM, before replication.",
                   q.total("stored_bytes", ""), "bytes")),
        (3, figure("Reclaimable from snapshots",
                   "Sum over all disk snapshots of the bytes that deleting only that snapshot would free. Deleting all of "
                   "them frees at least as much.",
                   q.reclaimable(""), "bytes", no_value="no snapshots")),
        (3, figure("Oldest snapshot", "Creation time of the oldest disk snapshot or saved VM state.",
                   f"min({q.oldest_snapshot(q.VM)}) * 1000", "dateTimeFromNow", no_value="no snapshots")),
        (3, figure("Anomalies", "Highest severity of the anomalies of the VM. The table below lists them.",
                   q.worst_anomaly(), texts=WORST, no_value="no data")),
    ]


def objects():
    return listing(
        "Objects by type", "Objects by storage and type. Counts disk snapshots: a snapshot of a VM with three disks counts as three.",
        [VM, CLUSTER, STORAGE, Column("Type", label="object_type"),
         Column("Objects", expression=q.once("objects", OBJECT_KEY)),
         Column("Provisioned", expression=q.once("provisioned_bytes", OBJECT_KEY), unit="bytes"),
         Column("Stored", expression=q.once("stored_bytes", OBJECT_KEY), unit="bytes")],
        sort="Stored", no_value="nothing on StorPool")


def anomalies():
    return listing(
        "Anomalies of the VM",
        "Each anomaly of the VM's objects, and when an exporter first detected it. The runbook explains the reasons and "
        "what to do.",
        [Column("Severity", label="severity", texts=SEVERITIES), Column("Reason", label="reason"),
         Column("Object", label="global_id"), Column("Kind", label="object_kind"), Column("Type", label="object_type"),
         STORAGE, CLUSTER, VM,
         Column("Since", expression=f"{q.once('anomaly_first_seen_timestamp_seconds', q.ANOMALY, keep='min')} * 1000",
                unit="dateTimeAsIso")],
        sort="Since", no_value="none")


def build():
    board = frame.new(
        VM_DASHBOARD,
        "Disks, snapshots, space and anomalies of the selected VMs on StorPool.",
        since="now-7d", refresh="5m", one_vm=True)
    legend = "{{pve_cluster}} {{vmid}} {{object_type}}"
    by = "pve_cluster, vmid, object_type"
    return frame.lay_out(board, [
        (4, *figures()),
        (8, (12, objects()), (12, anomalies())),
        (9, (12, curves("Stored over time", "Stored data by object type, as of the last space poll.",
                        [(q.total("stored_bytes", by), legend)], "bytes", stacked=True)),
         (12, curves("Provisioned over time", "Sum of the sizes by object type.",
                     [(q.total("provisioned_bytes", by), legend)], "bytes", stacked=True))),
        (9, (12, curves("Objects over time", "Number of objects by type. Each step is a created or deleted snapshot or disk.",
                        [(q.total("objects", by), legend)], "short")),
         (12, curves("Reclaimable over time",
                     "Sum over all disk snapshots of the bytes that deleting only that snapshot would free, as of the last "
                     "space poll.",
                     [(q.reclaimable(q.VM), "{{pve_cluster}} {{vmid}}")], "bytes"))),
    ])
