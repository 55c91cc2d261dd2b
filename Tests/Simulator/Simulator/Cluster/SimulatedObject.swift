/// A volume or snapshot of the simulated cluster.
struct SimulatedObject {
    /// The object type that the exporter must find.
    enum Role: UInt8, CaseIterable {
        case disk, cloudinit, vmstate, base, snapshot, image, iso, invalid, foreign

        /// The name of the type in replies to control requests and in metrics.
        var text: String { String(describing: self) }
    }

    struct Traits: OptionSet {
        let rawValue: UInt8
        static let deleted = Traits(rawValue: 1)
        static let transient = Traits(rawValue: 2)
        static let bound = Traits(rawValue: 4)
        static let autoName = Traits(rawValue: 8)
        static let recovering = Traits(rawValue: 16)
        static let backup = Traits(rawValue: 32)
    }

    /// The number in the global id. A revert gives a volume a new serial.
    var serial: UInt64
    /// The number in the name of an unnamed object. It never changes and identifies the object.
    var nameSerial: UInt64
    /// The StorPool name of a named object; nil for an unnamed object.
    var ownName: String?
    var isSnapshot: Bool
    var role: Role
    var traits: Traits = []
    /// An index into `Site.templates`.
    var template: Int
    /// The serial of the parent snapshot; 0 if there is none.
    var parent: UInt64 = 0
    /// The name serial of the volume that the snapshot is a parent of; 0 if there is none.
    var onVolume: UInt64 = 0
    /// In bytes, a multiple of 512.
    var size: UInt64
    var stored: UInt64
    var used: UInt64
    /// In Unix seconds; 0 if unknown.
    var created: UInt64
    /// In Unix seconds; 0 if no deletion is scheduled.
    var deleteAt: UInt64 = 0
    /// 0 means unlimited.
    var bandwidth: UInt32 = 0
    /// 0 means unlimited.
    var operations: UInt32 = 0
    /// nil for an object without tags. It is rendered as `null` or as a missing member.
    var tags: SimulatedTags?

    /// Whether the object is a snapshot that is deleted, transient or renamed to `*…`.
    var isBeingDeleted: Bool {
        isSnapshot && (!traits.isDisjoint(with: [.deleted, .transient]) || ownName?.utf8.first == UInt8(ascii: "*"))
    }

    var globalID: String { GlobalID.text(serial) }

    var name: String { ownName ?? "~" + GlobalID.text(nameSerial) }
}

/// The tags of an object; nil for an absent tag.
struct SimulatedTags {
    var virt: String?
    var cluster: String?
    var storage: String?
    var type: String?
    var vmid: String?
    var disk: String?
    var base: String?
    var snapshot: String?
    var parent: String?
    var comment: String?
    var extra: [ExtraTag] = []

    /// Whether VolumeCare manages the object.
    var hasVolumeCarePolicy: Bool { extra.contains { $0.key == "vc-policy" && !$0.value.isEmpty } }
}

/// A tag that the plugin does not use.
struct ExtraTag {
    var key: String
    var value: String
}

/// A global id consists of the id of the StorPool cluster and a number in base 36.
enum GlobalID {
    /// The id of the simulated StorPool cluster.
    static let cluster = "nzkr.b"
    static let clusterName = "simulated"
    static let prefix = cluster + "."

    static func text(_ serial: UInt64) -> String { prefix + String(serial, radix: 36) }

    /// nil if the text is not a global id of this cluster.
    static func serial(of text: some StringProtocol) -> UInt64? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard let serial = UInt64(digits, radix: 36), String(serial, radix: 36) == digits else { return nil }
        return serial
    }
}
