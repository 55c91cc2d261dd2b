public import ProxmoxNaming

/// How many, and how large together.
public struct Tally: Equatable, Sendable {
    /// Objects.
    public var objects: UInt64 = 0
    /// Sum of their sizes in bytes; stays at 2⁶⁴−1 when it would be more.
    public var bytes: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// Counts what another tally counted.
    public mutating func add(_ other: Tally) {
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
public struct SeriesKey: Hashable, Comparable, Sendable {
    /// Its storage.
    public var place: Place
    /// Its type.
    public var type: ObjectType
    /// Its VM, or empty.
    public var vmid: String

    /// Names a series.
    public init(place: Place, type: ObjectType, vmid: String) {
        self.place = place
        self.type = type
        self.vmid = vmid
    }

    /// Whether all of it is the same, byte for byte: to Proxmox VE texts that only look alike are different ones.
    public static func == (left: SeriesKey, right: SeriesKey) -> Bool {
        left.type == right.type && left.place == right.place && left.vmid.isSame(as: right.vmid)
    }

    /// By cluster, storage, type and VM, each by the bytes of its text.
    public static func < (left: SeriesKey, right: SeriesKey) -> Bool {
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
public struct Inventory: Sendable {
    /// Counts and sizes of one series.
    public struct Series: Equatable, Sendable {
        /// What is counted.
        public var key: SeriesKey
        /// How many, and how large.
        public var tally: Tally
    }

    /// Ages of the disk snapshots and VM states of one VM on one storage.
    public struct SnapshotAges: Equatable, Sendable {
        /// The storage.
        public var place: Place
        /// The VM, or empty.
        public var vmid: String
        /// Creation of the oldest, in Unix seconds.
        public var oldest: UInt64
        /// Creation of the newest, in Unix seconds.
        public var newest: UInt64
    }

    /// Sorted by cluster, storage, type, VM.
    public internal(set) var series: [Series] = []
    /// Sorted by cluster, storage, VM.
    public internal(set) var snapshotAges: [SnapshotAges] = []
    /// All series of each type together, by the type's raw value.
    private var typeTotals = [Tally](repeating: Tally(), count: ObjectType.allCases.count)
    /// Every storage on which an object of Proxmox VE was seen, sorted.
    public internal(set) var places: [Place] = []
    /// Every anomaly of every object, those that compare objects included, in no order. Settable, because nobody needs
    /// them once they are compared with what was known.
    public var findings: [Finding] = []
    /// Volumes that are not of Proxmox VE.
    public internal(set) var foreignVolumes = Tally()
    /// Snapshots that are not of Proxmox VE.
    public internal(set) var foreignSnapshots = Tally()
    /// Snapshots on their way out, whoever's they are.
    public internal(set) var going = Tally()

    /// What the comparison of its objects took.
    var comparisonSize = Comparison.Size()

    /// An empty cluster.
    public init() {}

    /// All objects of a type together.
    public func total(of type: ObjectType) -> Tally { typeTotals[Int(type.rawValue)] }

    /// Those of some clusters of which no object was seen, byte for byte.
    public func clustersWithoutObjects(of asked: [String]) -> [String] {
        asked.filter { cluster in !places.contains { $0.cluster.isSame(as: cluster) } }
    }

    /// Adds the next series, in order.
    mutating func append(_ next: Series) {
        series.append(next)
        typeTotals[Int(next.key.type.rawValue)].add(next.tally)
    }
}
