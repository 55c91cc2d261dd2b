import Text
package import StorPool

/// The names that Proxmox VE keeps in its database, such as `vm-104-disk-0-sp-nzkr.b.1a2.raw`.
package enum VolumeName {
    /// The name that an object's tags encode to, as StorPool's plugin does it; nil when the plugin refuses the object.
    ///
    /// Whose the object is plays no part here. No value of a tag is checked: some names cannot be decoded again.
    package static func encode(_ object: StorPoolObject) -> String? {
        let tags = object.tags
        guard let shape = Shape.asked(by: tags), shape.accepts(object) else { return nil }
        let id = object.proxmoxID
        let vm = tags.vmid ?? ""
        let disk = tags.disk ?? ""
        switch shape {
        case .iso: return "\(tags.comment ?? unlabeled)-sp-\(id).iso"
        case .image: return "img-\(tags.comment ?? unlabeled)-sp-\(id).raw"
        case .base: return "base-\(vm)-disk-\(disk)-sp-\(id).raw"
        case .vmstate: return "snap-\(vm)-state-\(tags.snapshot ?? "")-sp-\(id).raw"
        case .snapshot:
            return "snap-\(vm)-disk-\(disk)-\(tags.snapshot ?? "")-p-\(tags.parent ?? "")-sp-\(id).raw"
        case .cloudinit: return "vm-\(vm)-cloudinit.raw"
        case .disk: return "vm-\(vm)-disk-\(disk)-sp-\(id).raw"
        }
    }

    /// What stands for a comment where the tag is absent; an empty tag stays empty.
    private static let unlabeled = "unlabeled"

    /// Whether the name that the object encodes to can be decoded. Asked of objects that have one.
    static func isDecodable(_ object: StorPoolObject, _ shape: Shape) -> Bool {
        // Parts that each fit their place make a name that can be decoded, so most names need not be built.
        if NamePart.allFit(object, shape) { return true }
        guard let name = encode(object) else { return false }
        return (try? decode(name)) != nil
    }
}

/// The parts of names, as the plugin's patterns take them.
enum NamePart {
    /// `[1-9][0-9]*`.
    static func isVM(_ text: String?) -> Bool {
        guard let text else { return false }
        let bytes = text.utf8.span
        return bytes.count > 0 && bytes[0] != UInt8(ascii: "0") && bytes.indices.allSatisfy { bytes[$0].isDigit }
    }

    /// `0` or a number without leading zeros.
    static func isDisk(_ text: String?) -> Bool {
        text == "0" || isVM(text)
    }

    /// `[a-z][a-z0-9_.-]*[a-z0-9]`.
    static func isSnapshot(_ text: String?) -> Bool {
        guard let text else { return false }
        let bytes = text.utf8.span
        guard bytes.count >= 2, isLetter(bytes[0]), GlobalID.isPart(bytes[bytes.count - 1]) else { return false }
        return bytes.indices.allSatisfy { isSnapshotByte(bytes[$0]) }
    }

    static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }

    static func isSnapshotByte(_ byte: UInt8) -> Bool {
        GlobalID.isPart(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
    }

    /// Whether every part is one that its place takes, told without an allocation.
    static func allFit(_ object: StorPoolObject, _ shape: Shape) -> Bool {
        fits(object, shape, .id) && fits(object, shape, .vm) && fits(object, shape, .disk)
            && fits(object, shape, .snapshot) && fits(object, shape, .parent) && fits(object, shape, .comment)
    }

    /// The parts that do not fit, by the tag or field that they come from.
    static func misfits(_ object: StorPoolObject, _ shape: Shape) -> [(name: String, value: String)] {
        Place.allCases.compactMap { place in
            guard !fits(object, shape, place) else { return nil }
            switch place {
            case .id: return ("globalId", object.globalID)
            case .vm: return ("pve-vm", object.tags.vmid ?? "")
            case .disk: return ("pve-disk", object.tags.disk ?? "")
            case .snapshot: return ("pve-snap", object.tags.snapshot ?? "")
            case .parent: return ("pve-snap-v", object.tags.parent ?? "")
            case .comment: return ("pve-comment", object.tags.comment ?? "")
            }
        }
    }

    /// The places that a name may have.
    private enum Place: CaseIterable { case id, vm, disk, snapshot, parent, comment }

    /// Whether a part fits its place, or the name has no such place.
    private static func fits(_ object: StorPoolObject, _ shape: Shape, _ place: Place) -> Bool {
        let tags = object.tags
        switch (place, shape) {
        // A volume that has a name has a valid id; a snapshot's id is whatever the API says.
        case (.id, _): return object.kind == .volume || GlobalID.isValid(object.globalID)
        case (.comment, .iso), (.comment, .image): return !(tags.comment?.utf8.contains(0x0A) ?? false)
        case (_, .iso), (_, .image), (.comment, _): return true
        case (.vm, _): return isVM(tags.vmid)
        case (.disk, .base), (.disk, .disk), (.disk, .snapshot): return isDisk(tags.disk)
        case (.snapshot, .vmstate), (.snapshot, .snapshot): return isSnapshot(tags.snapshot)
        case (.parent, .snapshot): return GlobalID.isValid(tags.parent ?? "")
        case (.disk, _), (.snapshot, _), (.parent, _): return true
        }
    }
}
