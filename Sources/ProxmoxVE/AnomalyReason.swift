/// What is wrong with an object. Users rely on the raw values, which are in labels, events and output.
package enum AnomalyReason: String, CaseIterable, Sendable, Hashable {
    /// A PVE volume has a StorPool name of its own instead of `~` and its global id.
    case namedVolume = "named-volume"
    /// A volume has a type that only snapshots can have, or a snapshot has a type that only volumes can have.
    case wrongKind = "wrong-kind"
    /// The object has a tag that its type must not have.
    case unexpectedTag = "unexpected-tag"
    /// A tag that the object's type needs is absent or empty.
    case missingTag = "missing-tag"
    /// Proxmox VE allows the content type on the storage, but the plugin refuses it.
    case contentType = "content-type"
    /// The plugin cannot decode the name that the tags encode to.
    case undecodableName = "undecodable-name"
    /// The object has tags of Proxmox VE, but Proxmox VE does not list it.
    case invisible
    /// StorPool will delete the snapshot at a set time.
    case scheduledDeletion = "scheduled-deletion"
    /// The plugin cannot find the cloud-init volume.
    case unfindableCloudinit = "unfindable-cloudinit"
    /// A VM has more than one cloud-init volume.
    case duplicateCloudinit = "duplicate-cloudinit"
    /// Two snapshots of one volume have the same VM snapshot name.
    case duplicateSnapshot = "duplicate-snapshot"
    /// The volume that a snapshot was taken of does not exist.
    case orphanSnapshot = "orphan-snapshot"
    /// A disk snapshot and its volume are on different storages or in different clusters.
    case storageMismatch = "storage-mismatch"
    /// A base and a disk have the same VM and disk number: a conversion to a template failed half-way.
    case baseAndDisk = "base-and-disk"
    /// A disk snapshot and its volume have different VM ids.
    case ownerMismatch = "owner-mismatch"
    /// Two volumes have the same VM and disk number.
    case duplicateDisk = "duplicate-disk"
    /// The VM's id is outside the range that Proxmox VE assigns.
    case vmidRange = "vmid-range"
    /// The object has a tag that its type does not use.
    case strayTag = "stray-tag"
    /// `pve-base` is neither empty, `0` nor `1`.
    case oddBoolean = "odd-boolean"

    package var text: String { rawValue }

    package var severity: AnomalySeverity {
        switch self {
        case .namedVolume, .wrongKind, .unexpectedTag, .missingTag, .contentType: .error
        case .undecodableName, .invisible, .scheduledDeletion, .unfindableCloudinit, .duplicateCloudinit,
            .duplicateSnapshot, .orphanSnapshot, .storageMismatch, .baseAndDisk, .ownerMismatch:
            .warning
        case .duplicateDisk, .vmidRange, .strayTag, .oddBoolean: .notice
        }
    }

    /// Whether the anomaly is found by comparing objects. It is reported only if two polls in a row find it.
    package var comparesObjects: Bool {
        switch self {
        case .duplicateCloudinit, .duplicateSnapshot, .orphanSnapshot, .storageMismatch, .baseAndDisk, .ownerMismatch,
            .duplicateDisk:
            true
        default: false
        }
    }
}
