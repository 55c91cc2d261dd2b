/// The objects of a VM or VM template.
final class VirtualMachine {
    /// The objects of one VM snapshot.
    struct SnapshotSet {
        var name: String
        /// Serials of the disk snapshots.
        var serials: [UInt64]
        /// Name serial of the volume with the RAM state; 0 if there is none.
        var stateVolume: UInt64 = 0
    }

    /// An index into `Site.clusters`.
    let cluster: Int
    /// An index into the storages of the cluster.
    let storage: Int
    let vmid: Int
    /// Whether the VM is a template. The disks of a template are bases.
    let isTemplate: Bool
    /// Name serials of the disks, or serials of the bases of a template.
    var disks: [UInt64] = []
    /// Name serial of the cloud-init volume; 0 if there is none.
    var cloudinit: UInt64 = 0
    /// Name serial of the hibernation volume; 0 if the VM does not hibernate.
    var hibernation: UInt64 = 0
    /// The VM snapshots, the oldest first.
    var snapshots: [SnapshotSet] = []
    /// The number of the next disk.
    var nextDisk = 0
    /// Number of planted anomalies that need the VM and its snapshots. If it is above 0, churn deletes neither.
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

    var objectCount: Int {
        disks.count + (cloudinit == 0 ? 0 : 1) + (hibernation == 0 ? 0 : 1)
            + snapshots.reduce(0) { $0 + $1.serials.count + ($1.stateVolume == 0 ? 0 : 1) }
    }
}
