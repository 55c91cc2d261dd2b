package import StorPool

/// The use of an object in Proxmox VE.
package enum ObjectType: UInt8, CaseIterable, Sendable, Hashable {
    case disk
    case cloudinit
    /// The memory of a VM, saved by a VM snapshot or by hibernation.
    case vmstate
    /// A disk of a template.
    case base
    /// One disk of a VM snapshot.
    case snapshot
    /// A disk image that belongs to no VM.
    case image
    case iso
    /// The plugin's encoder refuses the object.
    case invalid

    package var text: String {
        switch self {
        case .disk: "disk"
        case .cloudinit: "cloudinit"
        case .vmstate: "vmstate"
        case .base: "base"
        case .snapshot: "snapshot"
        case .image: "image"
        case .iso: "iso"
        case .invalid: "invalid"
        }
    }

    /// The kind that an object of this type must have. `volume` for `invalid`, where it has no meaning.
    package var kind: ObjectKind {
        switch self {
        case .disk, .cloudinit, .vmstate, .invalid: .volume
        case .base, .snapshot, .image, .iso: .snapshot
        }
    }
}
