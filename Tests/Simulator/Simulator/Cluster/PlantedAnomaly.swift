/// The anomalies that the simulator can plant, by the exporter's words for them.
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

    /// Relative frequency.
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
    /// The name serial of the object that causes it and is removed or fixed.
    var cause: UInt64
    var repair: Repair
    /// Pinned until the anomaly is repaired.
    var machine: VirtualMachine
}
