/// What an object is to Proxmox VE.
package enum ObjectType: UInt8, CaseIterable, Sendable, Hashable {
    /// A VM's disk: a volume.
    case disk
    /// A VM's cloud-init drive: a volume.
    case cloudinit
    /// The memory of a VM, of a snapshot of it or of its hibernation: a volume.
    case vmstate
    /// A disk of a template: a snapshot.
    case base
    /// One disk of a VM snapshot: a snapshot.
    case snapshot
    /// A disk image that belongs to no VM: a snapshot.
    case image
    /// An ISO image: a snapshot.
    case iso
    /// The plugin refuses to name it.
    case invalid

    /// The word of labels and outputs.
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
}
