/// The model of a StorPool cluster that changes in logical time. The same options and steps give exactly the same JSON.
final class SimulatedCluster {
    struct Options {
        /// The initial number of objects. Churn keeps the number near this value.
        var objects = 1_000
        var seed: UInt64 = 1
        /// The initial logical time, in Unix seconds.
        var epoch: UInt64 = 1_767_225_600
        /// Whether anomalies are planted at the start and by churn.
        var hasAnomalies = true
    }

    let options: Options
    var random: Randomness
    var store = ObjectStore()
    /// Logical time, in Unix seconds.
    var time: UInt64
    var machines: [VirtualMachine] = []
    /// The VM templates of each Proxmox VE cluster.
    var templateMachines: [[VirtualMachine]] = Site.clusters.map { _ in [] }
    /// Serials of the snapshots being deleted, in the order in which they will be removed.
    var beingDeleted: [UInt64] = []
    /// The planted anomalies, the oldest first.
    var plantedAnomalies: [PlantedAnomaly] = []
    /// Name serials of the foreign volumes.
    var foreignVolumes: [UInt64] = []
    /// The next VM id in each Proxmox VE cluster.
    var nextVMID = Site.clusters.map { _ in 100 }
    /// A counter that makes generated names and numbers unique.
    var serialOfNames = 0

    init(options: Options) {
        self.options = options
        random = Randomness(seed: options.seed)
        time = options.epoch
        populate()
    }

    /// The `generation` of replies.
    var generation: UInt64 { 20_000 + store.version }

    /// The number of objects that each reason affects.
    var anomalyCounts: [AnomalyReason: Int] {
        plantedAnomalies.reduce(into: [:]) { $0[$1.reason, default: 0] += $1.affected.count }
    }

    /// A random age in seconds, at least one minute. Short ages are more likely.
    func age(upToDays days: Int) -> UInt64 {
        let seconds = days * 86_400
        return UInt64(60 + random.below(1 + random.below(seconds)))
    }

    /// A random disk size in bytes.
    func diskSize() -> UInt64 {
        let gigabytes =
            random.pick(weighted: [
                (8, 6), (10, 14), (20, 16), (32, 26), (50, 12), (64, 10), (100, 8), (500, 5), (2_048, 1),
            ])
            ?? 32
        return UInt64(gigabytes) << 30
    }

    /// A random part of a size, rounded to a multiple of 512 bytes.
    func part(of size: UInt64, percent: ClosedRange<Int>) -> UInt64 {
        let part = size / 100 * UInt64(random.within(percent)) + UInt64(random.below(1 << 20))
        return min(part, size) & ~511
    }
}
