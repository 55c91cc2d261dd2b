package import ProxmoxVE
import Text

package struct Tally: Equatable, Sendable {
    package var objects: UInt64 = 0
    /// Sum of the sizes, at most 2⁶⁴−1.
    package var bytes: UInt64 = 0

    package init() {}

    package mutating func add(_ other: Tally) {
        objects += other.objects
        bytes = bytes.addingClamped(other.bytes)
    }

    mutating func add(_ size: UInt64) {
        objects += 1
        bytes = bytes.addingClamped(size)
    }
}

extension UInt64 {
    /// The sum, or 2⁶⁴−1 if it is larger. Sizes come from outside the program, so their sum may overflow.
    func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}

package struct SeriesKey: Equatable, Comparable, Sendable {
    package var storageKey: StorageKey
    package var type: ObjectType
    /// Empty for objects without a VM, and for all objects if VMs have no series of their own.
    package var vmid: String

    package init(storageKey: StorageKey, type: ObjectType, vmid: String) {
        (self.storageKey, self.type, self.vmid) = (storageKey, type, vmid)
    }

    package static func == (left: SeriesKey, right: SeriesKey) -> Bool {
        left.type == right.type && left.vmid.isSame(as: right.vmid) && left.storageKey == right.storageKey
    }

    /// By cluster, storage, type and VM, each by its bytes.
    package static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        if left.storageKey != right.storageKey { return left.storageKey < right.storageKey }
        if left.type != right.type { return left.type.text < right.type.text }
        return left.vmid.precedesByBytes(right.vmid)
    }
}

/// The counts and findings of one poll of `VolumesList` and `SnapshotsList`.
package struct Inventory: Sendable {
    package struct Series: Equatable, Sendable {
        package var key: SeriesKey
        package var tally: Tally
    }

    /// Creation times of the disk snapshots and VM states of one VM on one storage, in Unix seconds.
    package struct SnapshotAges: Equatable, Sendable {
        package var storageKey: StorageKey
        package var vmid: String
        package var oldest: UInt64
        package var newest: UInt64
    }

    /// Sorted by key.
    package internal(set) var series: [Series] = []
    /// Sorted by storage and VM.
    package internal(set) var snapshotAges: [SnapshotAges] = []
    private var typeTotals = [Tally](repeating: Tally(), count: ObjectType.allCases.count)
    /// Every storage with a PVE object, sorted.
    package internal(set) var storages: [StorageKey] = []
    /// Unsorted. The daemon clears them when the ledger has been updated, to free memory.
    package var findings: [Finding] = []
    package internal(set) var foreignVolumes = Tally()
    package internal(set) var foreignSnapshots = Tally()
    /// Snapshots being deleted, including foreign snapshots.
    package internal(set) var going = Tally()

    /// Number of records and values in the comparison. The next poll reserves memory for as many.
    var comparisonSize = Comparison.Size()

    package init() {}

    package func total(of type: ObjectType) -> Tally { typeTotals[Int(type.rawValue)] }

    /// The given clusters that have no PVE object.
    package func clustersWithoutObjects(of clusters: [String]) -> [String] {
        clusters.filter { cluster in !storages.contains { $0.cluster.isSame(as: cluster) } }
    }

    mutating func append(_ next: Series) {
        series.append(next)
        typeTotals[Int(next.key.type.rawValue)].add(next.tally)
    }
}
