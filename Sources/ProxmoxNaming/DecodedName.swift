public import StorPoolObjects

/// What a name says of its object; parts that its pattern does not have are nil.
public struct DecodedName: Equatable, Sendable {
    /// The type; never `invalid`.
    public var type: ObjectType
    /// The VM's id.
    public var vmid: String?
    /// The disk's number, `state` or `cloudinit`.
    public var disk: String?
    /// Name of the VM snapshot.
    public var snapshot: String?
    /// Id of the volume that the snapshot was taken of.
    public var parent: String?
    /// Comment of an image or ISO; may be empty.
    public var comment: String?
    /// Id of the object; nil for a cloud-init drive, whose name has none.
    public var globalID: String?

    /// Makes one by hand.
    public init(
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
    public var kind: ObjectKind {
        switch type {
        case .base, .snapshot, .image, .iso: .snapshot
        case .disk, .cloudinit, .vmstate, .invalid: .volume
        }
    }
}

/// Why a name cannot be decoded, and where it departs from the pattern that its prefix selects.
public struct DecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What stands there, or what should.
    public let reason: String
    /// The byte, from 1; one more than the name has when it ends too early.
    public let column: Int

    /// Such as `expected a VM id without leading zeros at column 4`.
    public var description: String { "\(reason) at column \(column)" }
}
