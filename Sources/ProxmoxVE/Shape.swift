import StorPool

/// Which kind of name an object's tags ask for, in the order in which StorPool's plugin decides; whether the object may
/// have it is another question.
enum Shape: Equatable {
    case iso, image, base, vmstate, snapshot, cloudinit, disk

    /// nil when the content type is not one that the plugin encodes. A function, because the tags are lent to it, and an
    /// initializer would be given a copy.
    static func asked(by tags: Tags) -> Shape? {
        switch tags.contentType {
        case "images", "rootdir":
            // An empty `pve-vm` counts as one, unlike every other tag.
            if tags.vmid == nil { return .image }
            if tags.base.isTrue { return .base }
            if tags.snapshot.isTrue { return tags.disk == "state" ? .vmstate : .snapshot }
            return tags.disk == "cloudinit" ? .cloudinit : .disk
        case "iso": return .iso
        default: return nil
        }
    }

    /// What such an object must be.
    var kind: ObjectKind {
        switch self {
        case .iso, .image, .base, .snapshot: .snapshot
        case .vmstate, .cloudinit, .disk: .volume
        }
    }

    /// The type of an object that may have the name.
    var type: ObjectType {
        switch self {
        case .iso: .iso
        case .image: .image
        case .base: .base
        case .vmstate: .vmstate
        case .snapshot: .snapshot
        case .cloudinit: .cloudinit
        case .disk: .disk
        }
    }

    /// What people call it.
    var noun: String {
        switch self {
        case .iso: "an ISO image"
        case .image: "an image without a VM"
        case .base: "a disk of a template"
        case .vmstate: "a VM state"
        case .snapshot: "a disk snapshot"
        case .cloudinit: "a cloud-init drive"
        case .disk: "a disk"
        }
    }

    /// Tags that must be absent or empty, with what they hold.
    func unexpected(_ tags: Tags) -> [(name: String, value: String)] {
        let candidates: [(String, String?)] =
            switch self {
            case .iso:
                [
                    ("pve-vm", tags.vmid), ("pve-base", tags.base), ("pve-snap", tags.snapshot),
                    ("pve-snap-v", tags.parent),
                ]
            case .image: [("pve-base", tags.base), ("pve-snap", tags.snapshot), ("pve-snap-v", tags.parent)]
            case .base: [("pve-snap", tags.snapshot), ("pve-snap-v", tags.parent)]
            case .vmstate: [("pve-snap-v", tags.parent)]
            case .snapshot, .cloudinit, .disk: []
            }
        return candidates.compactMap { name, value in
            guard let value, !value.isEmpty else { return nil }
            return (name, value)
        }
    }

    /// Tags that must be there and are not.
    func missing(_ tags: Tags) -> [String] {
        switch self {
        case .iso, .image, .vmstate, .cloudinit: return []
        case .base, .disk: return tags.disk.isAbsent ? ["pve-disk"] : []
        case .snapshot:
            return (tags.disk.isAbsent ? ["pve-disk"] : []) + (tags.parent.isAbsent ? ["pve-snap-v"] : [])
        }
    }

    /// Whether the plugin names an object of this shape, told without an allocation.
    func accepts(_ object: StorPoolObject) -> Bool {
        guard object.kind == kind, object.kind == .snapshot || object.isUnnamed else { return false }
        switch self {
        case .iso:
            return object.tags.vmid.isAbsent && object.tags.base.isAbsent && object.tags.snapshot.isAbsent
                && object.tags.parent.isAbsent
        case .image: return object.tags.base.isAbsent && object.tags.snapshot.isAbsent && object.tags.parent.isAbsent
        case .base: return object.tags.snapshot.isAbsent && object.tags.parent.isAbsent && object.tags.disk.isPresent
        case .vmstate: return object.tags.parent.isAbsent
        case .snapshot: return object.tags.disk.isPresent && object.tags.parent.isPresent
        case .cloudinit: return true
        case .disk: return object.tags.disk.isPresent
        }
    }
}
