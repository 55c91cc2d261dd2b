package import StorPool

/// The names of volumes in the Proxmox VE database, such as `vm-104-disk-0-sp-nzkr.b.1a2.raw`.
package enum VolumeName {
    /// The name that the object's tags encode to; nil if the plugin's encoder refuses the object.
    ///
    /// Like the plugin, this checks neither `virt` nor the form of the values. Therefore some of the names cannot be
    /// decoded.
    package static func encode(_ object: StorPoolObject) -> String? {
        let tags = object.tags
        guard let type = ObjectType.requested(by: tags), type.accepts(object) else { return nil }
        let id = object.proxmoxID
        let vm = tags.vmid ?? ""
        let disk = tags.disk ?? ""
        // Like the plugin, replaces only an absent comment. An empty comment stays empty.
        let comment = tags.comment ?? "unlabeled"
        switch type {
        case .iso: return "\(comment)-sp-\(id).iso"
        case .image: return "img-\(comment)-sp-\(id).raw"
        case .base: return "base-\(vm)-disk-\(disk)-sp-\(id).raw"
        case .vmstate: return "snap-\(vm)-state-\(tags.snapshot ?? "")-sp-\(id).raw"
        case .snapshot:
            return "snap-\(vm)-disk-\(disk)-\(tags.snapshot ?? "")-p-\(tags.parent ?? "")-sp-\(id).raw"
        case .cloudinit: return "vm-\(vm)-cloudinit.raw"
        case .disk: return "vm-\(vm)-disk-\(disk)-sp-\(id).raw"
        case .invalid: return nil
        }
    }

    /// Decodes a name as the plugin does. The first pattern that matches is used. The last `-sp-` and `-p-` are the
    /// delimiters. One line feed at the end is ignored.
    package static func decode(_ name: String) throws(NameDecodingError) -> DecodedName { try decode(Array(name.utf8)) }

    /// Decodes a name that may not be UTF-8. In the parts, each invalid sequence is replaced by U+FFFD.
    package static func decode(_ name: [UInt8]) throws(NameDecodingError) -> DecodedName {
        var bytes = name
        if bytes.last == 0x0A { bytes.removeLast() }
        let parser = NameParser(bytes: bytes)
        // Like the plugin, tries the ISO pattern first. It matches names with any prefix.
        let isoFailure: NameDecodingError
        do { return try parser.iso() } catch { isoFailure = error }
        if parser.hasPrefix("img-") { return try parser.image() }
        if parser.hasPrefix("snap-") { return try parser.snapshot() }
        if parser.hasPrefix("base-") { return try parser.base() }
        if parser.hasPrefix("vm-") { return try parser.volume() }
        throw isoFailure
    }

    /// Whether the plugin can decode the name of an accepted object.
    static func isDecodable(_ object: StorPoolObject, _ type: ObjectType) -> Bool {
        // If every part matches its pattern, so does the name. Most names need not be built for this check.
        if NamePart.allCases.allSatisfy({ $0.fits(object, type) }) { return true }
        guard let name = encode(object) else { return false }
        return (try? decode(name)) != nil
    }
}
