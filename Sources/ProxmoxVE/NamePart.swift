import StorPool
import Text

/// A part of a volume name, with the plugin's pattern for it.
enum NamePart: CaseIterable {
    case globalID, vm, disk, snapshot, parent, comment

    /// The tag or field to show in the detail of an anomaly if the part does not fit.
    func source(_ object: StorPoolObject) -> (name: String, value: String) {
        switch self {
        case .globalID: ("globalId", object.globalID)
        case .vm: ("pve-vm", object.tags.vmid ?? "")
        case .disk: ("pve-disk", object.tags.disk ?? "")
        case .snapshot: ("pve-snap", object.tags.snapshot ?? "")
        case .parent: ("pve-snap-v", object.tags.parent ?? "")
        case .comment: ("pve-comment", object.tags.comment ?? "")
        }
    }

    /// Whether the object's value matches the pattern of this part. True if names of the type do not have this part.
    /// Does not allocate memory.
    func fits(_ object: StorPoolObject, _ type: ObjectType) -> Bool {
        let tags = object.tags
        switch (self, type) {
        // The id of an accepted volume is in its StorPool name, so it has already been checked. The id of a snapshot
        // has not.
        case (.globalID, _): return object.kind == .volume || GlobalID.isValid(object.globalID)
        case (.comment, .iso), (.comment, .image): return !(tags.comment?.utf8.contains(0x0A) ?? false)
        case (_, .iso), (_, .image), (.comment, _): return true
        case (.vm, _): return Self.isVM(tags.vmid)
        case (.disk, .base), (.disk, .disk), (.disk, .snapshot): return tags.disk == "0" || Self.isVM(tags.disk)
        case (.snapshot, .vmstate), (.snapshot, .snapshot): return Self.isSnapshotName(tags.snapshot)
        case (.parent, .snapshot): return GlobalID.isValid(tags.parent ?? "")
        case (.disk, _), (.snapshot, _), (.parent, _): return true
        }
    }

    /// `[1-9][0-9]*`
    static func isVM(_ text: String?) -> Bool {
        guard let text else { return false }
        let bytes = text.utf8.span
        return bytes.count > 0 && bytes[0] != UInt8(ascii: "0") && bytes.indices.allSatisfy { bytes[$0].isDigit }
    }

    /// `[a-z][a-z0-9_.-]*[a-z0-9]`
    private static func isSnapshotName(_ text: String?) -> Bool {
        guard let text else { return false }
        let bytes = text.utf8.span
        return bytes.count >= 2 && bytes[0].isLowercaseLetter && GlobalID.isPart(bytes[bytes.count - 1])
            && bytes.indices.allSatisfy { isSnapshotByte(bytes[$0]) }
    }

    static func isSnapshotByte(_ byte: UInt8) -> Bool {
        GlobalID.isPart(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}

extension UInt8 {
    var isLowercaseLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
}
