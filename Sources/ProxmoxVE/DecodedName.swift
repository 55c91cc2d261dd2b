/// The parts of a volume name. Parts that the name's pattern does not have are nil.
package struct DecodedName: Equatable, Sendable {
    /// Never `invalid`.
    package var type: ObjectType
    package var vmid: String?
    /// The disk number, `state` or `cloudinit`.
    package var disk: String?
    /// The name of the VM snapshot.
    package var snapshot: String?
    /// The global id of the volume that the snapshot was taken of.
    package var parent: String?
    /// The comment of an image or ISO; may be empty.
    package var comment: String?
    /// nil for a cloud-init name without an id.
    package var globalID: String?

    package init(
        type: ObjectType, vmid: String? = nil, disk: String? = nil, snapshot: String? = nil, parent: String? = nil,
        comment: String? = nil, globalID: String? = nil
    ) {
        self.type = type
        self.vmid = vmid
        self.disk = disk
        self.snapshot = snapshot
        self.parent = parent
        self.comment = comment
        self.globalID = globalID
    }
}

/// Why a name cannot be decoded.
package struct NameDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String
    /// Position, counted from 1, of the first byte that does not match the pattern selected by the name's prefix. If
    /// the name is too short, this is one more than its length.
    package let column: Int

    /// Such as `a VM id cannot begin with 0 at column 4`.
    package var description: String { "\(reason) at column \(column)" }
}
