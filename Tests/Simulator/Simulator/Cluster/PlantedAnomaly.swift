/// The anomalies that the simulator can plant. The raw values are the reasons of the exporter.
enum AnomalyReason: String, CaseIterable {
    case namedVolume = "named-volume"
    case wrongKind = "wrong-kind"
    case unexpectedTag = "unexpected-tag"
    case missingTag = "missing-tag"
    case contentType = "content-type"
    case undecodableName = "undecodable-name"
    case invisible
    case scheduledDeletion = "scheduled-deletion"
    case unfindableCloudInit = "unfindable-cloudinit"
    case duplicateCloudInit = "duplicate-cloudinit"
    case duplicateSnapshot = "duplicate-snapshot"
    case orphanSnapshot = "orphan-snapshot"
    case storageMismatch = "storage-mismatch"
    case baseAndDisk = "base-and-disk"
    case ownerMismatch = "owner-mismatch"
    case duplicateDisk = "duplicate-disk"
    case vmidRange = "vmid-range"
    case strayTag = "stray-tag"
    case oddBoolean = "odd-boolean"

    /// Relative frequency of the reason in a new cluster.
    var weight: Int {
        switch self {
        case .namedVolume, .wrongKind, .unexpectedTag, .missingTag, .contentType: 1
        case .undecodableName, .invisible, .scheduledDeletion, .unfindableCloudInit, .duplicateCloudInit,
            .duplicateSnapshot, .orphanSnapshot, .storageMismatch, .baseAndDisk, .ownerMismatch:
            3
        case .duplicateDisk, .vmidRange, .strayTag, .oddBoolean: 4
        }
    }
}

/// An anomaly that was planted and not yet repaired.
struct PlantedAnomaly {
    enum Repair {
        case remove
        case fix((inout SimulatedObject) -> Void)
    }

    var reason: AnomalyReason
    /// Name serials of the objects that have the anomaly.
    var affected: [UInt64]
    /// Name serial of the object that causes the anomaly. A repair removes or fixes this object.
    var cause: UInt64
    var repair: Repair
    /// The VM of the affected objects. Churn does not destroy it before the repair.
    var machine: VirtualMachine
}
