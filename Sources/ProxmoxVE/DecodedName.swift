package import StorPool

/// What a name says of its object; parts that its pattern does not have are nil.
package struct DecodedName: Equatable, Sendable {
    /// The type; never `invalid`.
    package var type: ObjectType
    /// The VM's id.
    package var vmid: String?
    /// The disk's number, `state` or `cloudinit`.
    package var disk: String?
    /// Name of the VM snapshot.
    package var snapshot: String?
    /// Id of the volume that the snapshot was taken of.
    package var parent: String?
    /// Comment of an image or ISO; may be empty.
    package var comment: String?
    /// Id of the object; nil for a cloud-init drive, whose name has none.
    package var globalID: String?

    /// Makes one by hand.
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

    /// What an object of this type is.
    package var kind: ObjectKind {
        switch type {
        case .base, .snapshot, .image, .iso: .snapshot
        case .disk, .cloudinit, .vmstate, .invalid: .volume
        }
    }
}

/// Why a name cannot be decoded, and where it departs from the pattern that its prefix selects.
package struct DecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What stands there, or what should.
    package let reason: String
    /// The byte, from 1; one more than the name has when it ends too early.
    package let column: Int

    /// Such as `expected a VM id without leading zeros at column 4`.
    package var description: String { "\(reason) at column \(column)" }
}
