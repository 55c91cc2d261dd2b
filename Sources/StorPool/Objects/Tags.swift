/// The tags that StorPool's Proxmox VE plugin writes or reads, each nil when absent or null.
///
/// The API promises strings. A number is taken as it is written in the reply (`0.0` stays `0.0` and `1e3` stays `1e3`,
/// where the plugin's JSON parser may convert them), `true` as `1` and `false` as `0`. Arrays and objects count as absent.
package struct Tags: Sendable, Equatable {
    /// `virt`: `pve` on everything of Proxmox VE.
    package var virt: String?
    /// `pve-loc`: the name of the Proxmox VE cluster.
    package var cluster: String?
    /// `pve`: the id of the Proxmox VE storage.
    package var storage: String?
    /// `pve-type`: the Proxmox VE content type, such as `images` or `iso`.
    package var contentType: String?
    /// `pve-vm`: the VM's id.
    package var vmid: String?
    /// `pve-disk`: the disk's number within the VM, or `state`, or `cloudinit`.
    package var disk: String?
    /// `pve-base`: whether it is a disk of a template, as Perl truth.
    package var base: String?
    /// `pve-snap`: the name of the VM snapshot it belongs to.
    package var snapshot: String?
    /// `pve-snap-v`: the id, without `~`, of the volume that a disk snapshot was taken of.
    package var parent: String?
    /// `pve-comment`: free text of images and ISOs.
    package var comment: String?
    /// Whether `vc-policy` is not empty: VolumeCare manages the object.
    package var hasVolumeCarePolicy: Bool

    /// Makes a set of tags; what is not named is absent.
    package init(
        virt: String? = nil, cluster: String? = nil, storage: String? = nil, contentType: String? = nil,
        vmid: String? = nil, disk: String? = nil, base: String? = nil, snapshot: String? = nil, parent: String? = nil,
        comment: String? = nil, hasVolumeCarePolicy: Bool = false
    ) {
        self.virt = virt
        self.cluster = cluster
        self.storage = storage
        self.contentType = contentType
        self.vmid = vmid
        self.disk = disk
        self.base = base
        self.snapshot = snapshot
        self.parent = parent
        self.comment = comment
        self.hasVolumeCarePolicy = hasVolumeCarePolicy
    }
}
