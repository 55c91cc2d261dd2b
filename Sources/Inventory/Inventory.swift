package import ProxmoxVE

/// How many, and how large together.
package struct Tally: Equatable, Sendable {
    /// Objects.
    package var objects: UInt64 = 0
    /// Sum of their sizes in bytes; stays at 2⁶⁴−1 when it would be more.
    package var bytes: UInt64 = 0

    /// Nothing yet.
    package init() {}

    /// Counts what another tally counted.
    package mutating func add(_ other: Tally) {
        objects += other.objects
        bytes = bytes.addingClamped(other.bytes)
    }

    /// Counts one more object.
    mutating func add(_ size: UInt64) {
        objects += 1
        bytes = bytes.addingClamped(size)
    }
}

extension UInt64 {
    /// The sum, or the largest value where it would be more: sizes come from outside.
    func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}

/// Where an object is counted: storage, type and VM.
package struct SeriesKey: Hashable, Comparable, Sendable {
    /// Its storage.
    package var place: Place
    /// Its type.
    package var type: ObjectType
    /// Its VM, or empty.
    package var vmid: String

    /// Names a series.
    package init(place: Place, type: ObjectType, vmid: String) {
        self.place = place
        self.type = type
        self.vmid = vmid
    }

    /// Whether all of it is the same, byte for byte: to Proxmox VE texts that only look alike are different ones.
    package static func == (left: SeriesKey, right: SeriesKey) -> Bool {
        left.type == right.type && left.place == right.place && left.vmid.isSame(as: right.vmid)
    }

    /// By cluster, storage, type and VM, each by the bytes of its text.
    package static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        if left.place != right.place { return left.place < right.place }
        if left.type != right.type { return left.type.text < right.type.text }
        return left.vmid.precedesByBytes(right.vmid)
    }
}

extension String {
    /// Whether it has the same bytes, and not only the same characters as Unicode sees them.
    @inline(__always)
    func isSame(as other: String) -> Bool {
        utf8.span.isSame(as: other.utf8.span)
    }

    /// Whether it comes first in the order of UTF-8, which needs no tables of Unicode.
    func precedesByBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}

/// What one poll of `VolumesList` and `SnapshotsList` found, added up.
package struct Inventory: Sendable {
    /// Counts and sizes of one series.
    package struct Series: Equatable, Sendable {
        /// What is counted.
        package var key: SeriesKey
        /// How many, and how large.
        package var tally: Tally
    }

    /// Ages of the disk snapshots and VM states of one VM on one storage.
    package struct SnapshotAges: Equatable, Sendable {
        /// The storage.
        package var place: Place
        /// The VM, or empty.
        package var vmid: String
        /// Creation of the oldest, in Unix seconds.
        package var oldest: UInt64
        /// Creation of the newest, in Unix seconds.
        package var newest: UInt64
    }

    /// Sorted by cluster, storage, type, VM.
    package internal(set) var series: [Series] = []
    /// Sorted by cluster, storage, VM.
    package internal(set) var snapshotAges: [SnapshotAges] = []
    /// All series of each type together, by the type's raw value.
    private var typeTotals = [Tally](repeating: Tally(), count: ObjectType.allCases.count)
    /// Every storage on which an object of Proxmox VE was seen, sorted.
    package internal(set) var places: [Place] = []
    /// Every anomaly of every object, those that compare objects included, in no order. Settable, because nobody needs
    /// them once they are compared with what was known.
    package var findings: [Finding] = []
    /// Volumes that are not of Proxmox VE.
    package internal(set) var foreignVolumes = Tally()
    /// Snapshots that are not of Proxmox VE.
    package internal(set) var foreignSnapshots = Tally()
    /// Snapshots on their way out, whoever's they are.
    package internal(set) var going = Tally()

    /// What the comparison of its objects took.
    var comparisonSize = Comparison.Size()

    /// An empty cluster.
    package init() {}

    /// All objects of a type together.
    package func total(of type: ObjectType) -> Tally { typeTotals[Int(type.rawValue)] }

    /// Those of some clusters of which no object was seen, byte for byte.
    package func clustersWithoutObjects(of asked: [String]) -> [String] {
        asked.filter { cluster in !places.contains { $0.cluster.isSame(as: cluster) } }
    }

    /// Adds the next series, in order.
    mutating func append(_ next: Series) {
        series.append(next)
        typeTotals[Int(next.key.type.rawValue)].add(next.tally)
    }
}
