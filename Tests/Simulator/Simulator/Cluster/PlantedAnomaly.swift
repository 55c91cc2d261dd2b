/// The kinds of anomaly that the simulator can put in, by the word that the exporter reports.
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

    /// How common it is, against the others: what breaks listings is noticed and rare.
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

/// One anomaly that stands: which objects have it, and what repairs it.
struct PlantedAnomaly {
    enum Repair {
        /// Remove the object that brought it.
        case remove
        /// Correct the object.
        case fix((inout SimulatedObject) -> Void)
    }

    var reason: AnomalyReason
    /// Name serials of the objects that have the anomaly.
    var affected: [UInt64]
    /// The name serial of the object that brought it.
    var cause: UInt64
    var repair: Repair
    /// Held as it is while the anomaly stands.
    var machine: VirtualMachine
}
