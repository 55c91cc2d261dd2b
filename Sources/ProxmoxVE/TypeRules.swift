import StorPool

/// The rules of the plugin's encoder: which type the tags request, and which tags this type needs or must not have.
extension ObjectType {
    /// The type that the tags request, tested in the plugin's order. nil if the plugin does not encode the content
    /// type. The plugin may still refuse the object. This is not an initializer, because that would copy the tags.
    static func requested(by tags: Tags) -> ObjectType? {
        switch tags.contentType {
        case "images", "rootdir":
            // The plugin tests whether `pve-vm` is defined: an empty `pve-vm` counts as present, unlike the other tags.
            if tags.vmid == nil { return .image }
            if tags.base.isTrue { return .base }
            if tags.snapshot.isTrue { return tags.disk == "state" ? .vmstate : .snapshot }
            return tags.disk == "cloudinit" ? .cloudinit : .disk
        case "iso": return .iso
        default: return nil
        }
    }

    /// Whether the plugin's encoder accepts an object whose tags request this type.
    func accepts(_ object: StorPoolObject) -> Bool {
        object.kind == kind && (kind == .snapshot || object.isUnnamed) && accepts(object.tags)
    }

    /// Called for every object, so it builds no lists.
    private func accepts(_ tags: Tags) -> Bool {
        switch self {
        case .iso: return tags.vmid.isAbsent && tags.base.isAbsent && tags.snapshot.isAbsent && tags.parent.isAbsent
        case .image: return tags.base.isAbsent && tags.snapshot.isAbsent && tags.parent.isAbsent
        case .base: return tags.snapshot.isAbsent && tags.parent.isAbsent && tags.disk.isPresent
        case .vmstate: return tags.parent.isAbsent
        case .snapshot: return tags.disk.isPresent && tags.parent.isPresent
        case .cloudinit: return true
        case .disk: return tags.disk.isPresent
        case .invalid: return false
        }
    }

    /// The tags that this type must not have, with their values.
    func unexpectedTags(_ tags: Tags) -> [(name: String, value: String)] {
        var candidates: [(name: String, value: String?)] = []
        switch self {
        case .iso: candidates = [("pve-vm", tags.vmid), ("pve-base", tags.base), ("pve-snap", tags.snapshot)]
        case .image: candidates = [("pve-base", tags.base), ("pve-snap", tags.snapshot)]
        case .base: candidates = [("pve-snap", tags.snapshot)]
        case .vmstate: break
        case .snapshot, .cloudinit, .disk, .invalid: return []
        }
        return (candidates + [("pve-snap-v", tags.parent)]).present
    }

    /// The names of the tags that this type needs and that are absent or empty.
    func missingTags(_ tags: Tags) -> [String] {
        switch self {
        case .iso, .image, .vmstate, .cloudinit, .invalid: return []
        case .base, .disk: return tags.disk.isAbsent ? ["pve-disk"] : []
        case .snapshot:
            return (tags.disk.isAbsent ? ["pve-disk"] : []) + (tags.parent.isAbsent ? ["pve-snap-v"] : [])
        }
    }
}

/// Tests of tags, as the plugin makes them. The plugin is written in Perl.
extension Optional where Wrapped == String {
    /// Absent or empty.
    var isAbsent: Bool { self?.isEmpty ?? true }

    /// Present and not empty; `0` is present.
    var isPresent: Bool { !isAbsent }

    /// Perl truth: present, not empty and not `0`. `00`, `false` and a space are true.
    var isTrue: Bool { isPresent && self != "0" }
}

extension [(name: String, value: String?)] {
    /// The tags that are neither absent nor empty.
    var present: [(name: String, value: String)] {
        compactMap { name, value in value.isPresent ? (name, value ?? "") : nil }
    }
}
