/// A VM or template as Proxmox VE would know it: which objects are its own.
final class VirtualMachine {
    /// What one VM snapshot left.
    struct SnapshotSet {
        var name: String
        /// Of the disk snapshots.
        var serials: [UInt64]
        /// The volume with the saved state of the VM, 0 when none was saved.
        var stateVolume: UInt64 = 0
    }

    /// An index into the clusters of the site.
    let cluster: Int
    /// An index into the storages of that cluster.
    let storage: Int
    let vmid: Int
    /// Whether its disks are bases.
    let isTemplate: Bool
    /// Name serials of its disks; of a template, serials of its bases.
    var disks: [UInt64] = []
    /// Name serial of the cloud-init volume, 0 when none.
    var cloudinit: UInt64 = 0
    /// Name serial of the volume it hibernates in, 0 when it does not.
    var hibernation: UInt64 = 0
    /// Oldest first.
    var snapshots: [SnapshotSet] = []
    /// The number its next disk gets.
    var nextDisk = 0
    /// While above zero it neither goes nor loses snapshots, because an anomaly or a clone needs it as it is.
    var pins = 0

    init(cluster: Int, storage: Int, vmid: Int, isTemplate: Bool) {
        self.cluster = cluster
        self.storage = storage
        self.vmid = vmid
        self.isTemplate = isTemplate
    }

    var clusterName: String { Site.clusters[cluster].name }
    var storageName: String { Site.clusters[cluster].storages[storage].name }
    var template: Int { Site.clusters[cluster].storages[storage].template }

    /// How many objects it has.
    var objectCount: Int {
        disks.count + (cloudinit == 0 ? 0 : 1) + (hibernation == 0 ? 0 : 1)
            + snapshots.reduce(0) { $0 + $1.serials.count + ($1.stateVolume == 0 ? 0 : 1) }
    }
}
