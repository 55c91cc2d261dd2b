import ProxmoxNaming
public import StorPoolObjects

/// What one poll of `VolumesSpace` and `SnapshotsSpace` found, added up. Snapshots on their way out are left out.
public struct SpaceInventory: Sendable {
    /// One series of stored bytes.
    public struct Stored: Equatable, Sendable {
        /// What is summed.
        public var key: SeriesKey
        /// Sum of `storedSize`.
        public var bytes: UInt64
    }

    /// One VM's snapshots on one storage.
    public struct Reclaimable: Equatable, Sendable {
        /// The storage.
        public var place: Place
        /// The VM, or empty.
        public var vmid: String
        /// Sum of the snapshots' `spaceUsed`.
        public var bytes: UInt64
    }

    /// Sorted by cluster, storage, type, VM.
    public internal(set) var stored: [Stored] = []
    /// Sorted by cluster, storage, VM.
    public internal(set) var reclaimable: [Reclaimable] = []

    /// Nothing is known of the space.
    public init() {}
}

/// Adds up the objects of one space poll as they arrive.
public struct SpaceInventoryBuilder {
    private let scope: Scope
    private var storedIndex = SeriesIndex()
    /// Sums by number; nil where nothing has been added.
    private var stored: [UInt64?] = []
    private var reclaimableIndex = SeriesIndex()
    private var reclaimable: [UInt64?] = []
    private var checkpoint: (stored: [UInt64?], reclaimable: [UInt64?]) = ([], [])

    /// A list begins.
    public mutating func beginList() {
        checkpoint = (stored, reclaimable)
    }

    /// The list begins anew: what it has brought so far does not count.
    public mutating func restartList() {
        (stored, reclaimable) = checkpoint
    }

    /// Nothing yet.
    public init(scope: Scope) {
        self.scope = scope
    }

    /// Counts one object. One without `storedSize` or `spaceUsed` adds nothing to that sum.
    public mutating func add(_ object: StorPoolObject) {
        guard !object.isGoing, scope.includes(object.tags), let type = Classifier.objectType(of: object) else { return }
        let place = Place(object.tags)
        let vmid = scope.isPerVM ? object.tags.vmid ?? "" : ""
        if let bytes = object.storedSize {
            let series = storedIndex.index(place: place, type: type, vmid: vmid)
            while stored.count <= series { stored.append(nil) }
            stored[series] = (stored[series] ?? 0).addingClamped(bytes)
        }
        if type == .snapshot, let bytes = object.spaceUsed {
            let series = reclaimableIndex.index(place: place, type: nil, vmid: vmid)
            while reclaimable.count <= series { reclaimable.append(nil) }
            reclaimable[series] = (reclaimable[series] ?? 0).addingClamped(bytes)
        }
    }

    /// Ends the poll: puts everything in order.
    public consuming func finish() -> SpaceInventory {
        var space = SpaceInventory()
        space.stored = storedIndex.sorted().compactMap { number in
            let key = storedIndex.key(number)
            guard let type = key.type, number < stored.count, let bytes = stored[number] else { return nil }
            return SpaceInventory.Stored(
                key: SeriesKey(place: key.place, type: type, vmid: key.vmid), bytes: bytes)
        }
        space.reclaimable = reclaimableIndex.sorted().compactMap { number in
            guard number < reclaimable.count, let bytes = reclaimable[number] else { return nil }
            let key = reclaimableIndex.key(number)
            return SpaceInventory.Reclaimable(place: key.place, vmid: key.vmid, bytes: bytes)
        }
        return space
    }
}
