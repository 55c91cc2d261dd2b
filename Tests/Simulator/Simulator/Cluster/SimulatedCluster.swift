/// The model of the StorPool cluster: its objects and what they are to Proxmox VE, evolving in logical time.
///
/// The same seed, options and sequence of steps give the same cluster, byte for byte of its JSON.
final class SimulatedCluster {
    struct Options {
        /// How many objects there are at the start; churn keeps near it.
        var objects = 1_000
        var seed: UInt64 = 1
        /// Logical time at the start, in Unix seconds.
        var epoch: UInt64 = 1_767_225_600
        /// Whether a share of the objects is anomalous from the start, and churn adds and repairs some.
        var hasAnomalies = true
    }

    let options: Options
    var random: Randomness
    var store = ObjectStore()
    /// Logical time, in Unix seconds.
    var time: UInt64
    var machines: [VirtualMachine] = []
    /// By cluster.
    var templateMachines: [[VirtualMachine]] = Site.clusters.map { _ in [] }
    /// Serials of the snapshots on their way out, the next to vanish first.
    var beingDeleted: [UInt64] = []
    /// The anomalies there are, in the order they were put in.
    var plantedAnomalies: [PlantedAnomaly] = []
    /// Name serials of foreign volumes that may get snapshots.
    var foreignVolumes: [UInt64] = []
    /// The next VM id by cluster.
    var nextVMID = Site.clusters.map { _ in 100 }
    /// Makes given names and numbers unique.
    var serialOfNames = 0

    init(options: Options) {
        self.options = options
        random = Randomness(seed: options.seed)
        time = options.epoch
        populate()
    }

    /// The count of configuration changes, as the replies carry it.
    var generation: UInt64 { 20_000 + store.version }

    /// The number of objects with each reason that stand now.
    var anomalyCounts: [AnomalyReason: Int] {
        plantedAnomalies.reduce(into: [:]) { $0[$1.reason, default: 0] += $1.affected.count }
    }

    /// An age in seconds, at most so many days, most of them short.
    func age(upToDays days: Int) -> UInt64 {
        let seconds = days * 86_400
        return UInt64(60 + random.below(1 + random.below(seconds)))
    }

    /// A disk's size in bytes: a few gigabytes mostly, now and then terabytes.
    func diskSize() -> UInt64 {
        let gigabytes =
            random.pick(weighted: [
                (8, 6), (10, 14), (20, 16), (32, 26), (50, 12), (64, 10), (100, 8), (500, 5), (2_048, 1),
            ])
            ?? 32
        return UInt64(gigabytes) << 30
    }

    /// Part of a size in bytes, in percent of it, a multiple of 512.
    func part(of size: UInt64, percent: ClosedRange<Int>) -> UInt64 {
        let part = size / 100 * UInt64(random.within(percent)) + UInt64(random.below(1 << 20))
        return min(part, size) & ~511
    }
}
