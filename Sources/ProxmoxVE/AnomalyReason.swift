import Text

/// How bad an anomaly is, from the least.
package enum AnomalySeverity: Int, Comparable, CaseIterable, Sendable {
    /// The object departs from the documented format; nothing is known to break.
    case notice
    /// Something fails or loses data when somebody uses the object, or space is wasted.
    case warning
    /// The plugin refuses the object, so every listing of the whole storage fails that asks for its content type.
    case error

    /// The word of labels and outputs.
    package var text: String {
        switch self {
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// By gravity.
    package static func < (left: AnomalySeverity, right: AnomalySeverity) -> Bool { left.rawValue < right.rawValue }
}

/// What can be wrong with an object. The raw values are stable words of labels, events and outputs.
package enum AnomalyReason: String, CaseIterable, Sendable, Hashable {
    /// A volume of Proxmox VE has a StorPool name of its own instead of `~` and its global id.
    case namedVolume = "named-volume"
    /// A volume where its type must be a snapshot, or the other way round.
    case wrongKind = "wrong-kind"
    /// A tag that its type must not carry.
    case unexpectedTag = "unexpected-tag"
    /// A tag that its type needs is absent or empty.
    case missingTag = "missing-tag"
    /// A content type that a storage may hold and the plugin refuses.
    case contentType = "content-type"
    /// The name that the tags encode to cannot be decoded by the plugin.
    case undecodableName = "undecodable-name"
    /// It carries tags of Proxmox VE, but no listing shows it.
    case invisible = "invisible"
    /// StorPool will delete the snapshot at a set time.
    case scheduledDeletion = "scheduled-deletion"
    /// A cloud-init volume that the plugin's look-up never picks.
    case unfindableCloudinit = "unfindable-cloudinit"
    /// A VM has more than one cloud-init volume.
    case duplicateCloudinit = "duplicate-cloudinit"
    /// Two snapshots of one volume have the same name.
    case duplicateSnapshot = "duplicate-snapshot"
    /// The volume that a snapshot was taken of is not there.
    case orphanSnapshot = "orphan-snapshot"
    /// A disk snapshot and its volume are on different storages or in different clusters.
    case storageMismatch = "storage-mismatch"
    /// A base and a disk have the same VM and disk number: a conversion to a template failed half-way.
    case baseAndDisk = "base-and-disk"
    /// A disk snapshot and its volume name different VMs.
    case ownerMismatch = "owner-mismatch"
    /// Two volumes have the same VM and disk number.
    case duplicateDisk = "duplicate-disk"
    /// The VM's id is outside what Proxmox VE gives out.
    case vmidRange = "vmid-range"
    /// A tag that its type does not use.
    case strayTag = "stray-tag"
    /// `pve-base` is neither `0` nor `1`.
    case oddBoolean = "odd-boolean"

    /// The stable word.
    package var text: String { rawValue }

    /// How bad it is.
    package var severity: AnomalySeverity {
        switch self {
        case .namedVolume, .wrongKind, .unexpectedTag, .missingTag, .contentType: .error
        case .undecodableName, .invisible, .scheduledDeletion, .unfindableCloudinit, .duplicateCloudinit,
            .duplicateSnapshot, .orphanSnapshot, .storageMismatch, .baseAndDisk, .ownerMismatch:
            .warning
        case .duplicateDisk, .vmidRange, .strayTag, .oddBoolean: .notice
        }
    }

    /// Whether the anomaly is found by comparing objects, so that two polls must agree on it.
    package var comparesObjects: Bool {
        switch self {
        case .duplicateCloudinit, .duplicateSnapshot, .orphanSnapshot, .storageMismatch, .baseAndDisk, .ownerMismatch,
            .duplicateDisk:
            true
        default: false
        }
    }
}

/// One anomaly of one object.
package struct Anomaly: Hashable, Sendable {
    /// The bytes of a tag's value that a detail shows; the API allows 199.
    package static let shownValueLength = 80

    /// What is wrong.
    package var reason: AnomalyReason
    /// A sentence for people that names the tag and its value.
    package var detail: String

    /// Names an anomaly.
    package init(reason: AnomalyReason, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// A value as a detail shows it: printable, in quotes, long ones cut.
    package static func quoted(_ value: String) -> String { "\"\(value.printable(limit: shownValueLength))\"" }
}
