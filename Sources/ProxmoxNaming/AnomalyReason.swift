import PrintableText

/// How bad an anomaly is, from the least.
public enum AnomalySeverity: Int, Comparable, CaseIterable, Sendable {
    /// It departs from the documented format; nothing is known to break.
    case notice
    /// It is listed, or hidden, but something about it does not work or is ambiguous.
    case warning
    /// The plugin refuses the object, so every listing of the whole storage fails that asks for its content type.
    case error

    /// The word of labels and outputs.
    public var text: String {
        switch self {
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// By gravity.
    public static func < (left: AnomalySeverity, right: AnomalySeverity) -> Bool { left.rawValue < right.rawValue }
}

/// What can be wrong with an object. The raw values are stable words of labels, events and outputs.
public enum AnomalyReason: String, CaseIterable, Sendable, Hashable {
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
    /// A VM has more than one cloud-init volume.
    case duplicateCloudinit = "duplicate-cloudinit"
    /// Two snapshots of one volume have the same name.
    case duplicateSnapshot = "duplicate-snapshot"
    /// The volume that a snapshot was taken of is not there.
    case orphanSnapshot = "orphan-snapshot"
    /// Two volumes claim the same disk of the same VM.
    case duplicateDisk = "duplicate-disk"
    /// A disk snapshot and its volume name different VMs.
    case ownerMismatch = "owner-mismatch"
    /// The VM's id is outside what Proxmox VE gives out.
    case vmidRange = "vmid-range"
    /// A tag that its type does not use.
    case strayTag = "stray-tag"
    /// `pve-base` is neither `0` nor `1`.
    case oddBoolean = "odd-boolean"

    /// The stable word.
    public var text: String { rawValue }

    /// How bad it is.
    public var severity: AnomalySeverity {
        switch self {
        case .namedVolume, .wrongKind, .unexpectedTag, .missingTag, .contentType: .error
        case .undecodableName, .invisible, .duplicateCloudinit, .duplicateSnapshot, .orphanSnapshot: .warning
        case .duplicateDisk, .ownerMismatch, .vmidRange, .strayTag, .oddBoolean: .notice
        }
    }

    /// Whether it takes more than one object to tell, so that two polls must agree on it.
    public var comparesObjects: Bool {
        switch self {
        case .duplicateCloudinit, .duplicateSnapshot, .orphanSnapshot, .duplicateDisk, .ownerMismatch: true
        default: false
        }
    }
}

/// One anomaly of one object.
public struct Anomaly: Hashable, Sendable {
    /// The bytes of a tag's value that a detail shows; the API allows 199.
    static let shownValueLength = 80

    /// What is wrong.
    public var reason: AnomalyReason
    /// A sentence for people that names the tag and its value.
    public var detail: String

    /// Names an anomaly.
    public init(reason: AnomalyReason, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// A value as a detail shows it: printable, in quotes, long ones cut.
    static func quoted(_ value: String) -> String { "\"\(value.printable(limit: shownValueLength))\"" }
}
