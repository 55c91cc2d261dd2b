/// A volume or snapshot of the simulated cluster: what its JSON is rendered from.
struct SimulatedObject {
    /// What a reader of the tags is expected to make of the object.
    enum Role: UInt8, CaseIterable {
        case disk, cloudinit, vmstate, base, snapshot, image, iso, invalid, foreign

        /// The word for it in the control replies, which is the one the metrics use.
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

    /// The number that `globalId` spells in base 36. A revert gives a volume a new one.
    var serial: UInt64
    /// The number that the name of an unnamed object spells; never changes, so it is the object's identity here.
    var nameSerial: UInt64
    /// A StorPool name other than `~<global id>`.
    var ownName: String?
    var isSnapshot: Bool
    var role: Role
    var traits: Traits = []
    /// An index into the templates of the site.
    var template: Int
    /// The serial of the snapshot it builds on, 0 when none.
    var parent: UInt64 = 0
    /// Of a snapshot: the name serial of the volume it is a parent of, 0 when none.
    var onVolume: UInt64 = 0
    /// In bytes, a multiple of 512.
    var size: UInt64
    var stored: UInt64
    var used: UInt64
    /// In Unix seconds, 0 when it is unknown.
    var created: UInt64
    /// In Unix seconds, 0 when no deletion is scheduled.
    var deleteAt: UInt64 = 0
    /// 0 means unlimited.
    var bandwidth: UInt32 = 0
    /// 0 means unlimited.
    var operations: UInt32 = 0
    /// Nil renders as `null` or as nothing, by turns.
    var tags: SimulatedTags?

    /// Whether it is a snapshot on its way out: deleted, transient, or renamed to `*…`.
    var isBeingDeleted: Bool {
        isSnapshot && (!traits.isDisjoint(with: [.deleted, .transient]) || ownName?.utf8.first == UInt8(ascii: "*"))
    }

    var globalID: String { GlobalID.text(serial) }

    var name: String { ownName ?? "~" + GlobalID.text(nameSerial) }
}

/// Tags in the order they are rendered; nil is an absent tag.
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

/// A tag that the plugin knows nothing of.
struct ExtraTag {
    var key: String
    var value: String
}

/// Global ids: the cluster that made the object, and a number in base 36.
enum GlobalID {
    /// The full id of the simulated StorPool cluster.
    static let cluster = "nzkr.b"
    /// The name of the simulated StorPool cluster.
    static let clusterName = "simulated"
    static let prefix = cluster + "."

    static func text(_ serial: UInt64) -> String { prefix + String(serial, radix: 36) }

    /// The number of a global id of this cluster; nil for any other text.
    static func serial(of text: some StringProtocol) -> UInt64? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard let serial = UInt64(digits, radix: 36), String(serial, radix: 36) == digits else { return nil }
        return serial
    }
}
