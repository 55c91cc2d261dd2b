/// The tags that StorPool's Proxmox VE plugin writes or reads. A tag is nil if it is absent or null.
///
/// According to the API's documentation, tags are strings. A number is kept as it is written: `1e3` stays `1e3`,
/// although the plugin's JSON parser may convert it. `true` becomes `1` and `false` becomes `0`. Arrays and objects
/// count as absent.
package struct Tags: Sendable, Equatable {
    /// `virt`: `pve` on all objects of Proxmox VE.
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
    /// `pve-base`: true in Perl (neither empty nor `0`) if the object is a disk of a template.
    package var base: String?
    /// `pve-snap`: the name of the VM snapshot.
    package var snapshot: String?
    /// `pve-snap-v`: the id, without `~`, of the volume that a disk snapshot belongs to.
    package var parent: String?
    /// `pve-comment`: free text of images and ISOs.
    package var comment: String?
    /// Whether `vc-policy` is present and not empty. Then VolumeCare manages the object.
    package var hasVolumeCarePolicy: Bool

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
