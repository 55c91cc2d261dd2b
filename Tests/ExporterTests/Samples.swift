import Inventory
import ProxmoxVE
import StorPool

/// An anomaly as a test needs one.
func known(
    _ reason: AnomalyReason, of id: String = "nzkr.b.1a2", kind: ObjectKind = .volume, type: ObjectType? = .disk,
    detail: String = "a detail", firstSeen: UInt64 = 1_700_000_000
) -> KnownAnomaly {
    let subject = Subject(
        globalID: id, name: "~" + id, kind: kind, type: type,
        volumeName: type.map { _ in "vm-104-disk-0-sp-\(id).raw" },
        storageKey: StorageKey(cluster: "prod1", storage: "sp-nvme"), vmid: "104")
    return KnownAnomaly(
        finding: Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail)), firstSeen: firstSeen)
}
