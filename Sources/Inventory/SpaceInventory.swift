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
    private var placeMemory = PlaceMemory()
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
        let place = placeMemory.place(of: object.tags)
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

    /// Ends the poll: what is left is to put everything in order.
    public consuming func finishing() -> Finishing {
        Finishing(self)
    }
}

extension SpaceInventoryBuilder {
    /// The end of a space poll, in steps.
    public struct Finishing: SteppedWork {
        private enum Stage {
            case stored(SeriesWalk)
            case reclaimable(SeriesWalk)
            case done
        }

        private let builder: SpaceInventoryBuilder
        private var space = SpaceInventory()
        private var stage: Stage

        fileprivate init(_ builder: consuming SpaceInventoryBuilder) {
            self.builder = builder
            // Exactly: arrays that grow hold their elements twice for a moment.
            space.stored.reserveCapacity(builder.stored.count)
            space.reclaimable.reserveCapacity(builder.reclaimable.count)
            stage = .stored(SeriesWalk(self.builder.storedIndex))
        }

        /// Does the next step; false when nothing is left to do.
        public mutating func advance() -> Bool {
            // Taken out for the step: what two places hold is copied when it changes.
            let current = stage
            stage = .done
            stage = advance(current)
            if case .done = stage { return false }
            return true
        }

        /// What the poll found.
        public consuming func outcome() -> SpaceInventory { space }

        private mutating func advance(_ stage: consuming Stage) -> Stage {
            switch consume stage {
            case .stored(var walk):
                if walk.advance({ takeStored($0) }) { return .stored(walk) }
                return .reclaimable(SeriesWalk(builder.reclaimableIndex))
            case .reclaimable(var walk):
                return walk.advance { takeReclaimable($0) } ? .reclaimable(walk) : .done
            case .done:
                return .done
            }
        }

        private mutating func takeStored(_ number: Int) {
            let key = builder.storedIndex.key(number)
            guard let type = key.type, number < builder.stored.count, let bytes = builder.stored[number] else { return }
            space.stored.append(
                SpaceInventory.Stored(key: SeriesKey(place: key.place, type: type, vmid: key.vmid), bytes: bytes))
        }

        private mutating func takeReclaimable(_ number: Int) {
            guard number < builder.reclaimable.count, let bytes = builder.reclaimable[number] else { return }
            let key = builder.reclaimableIndex.key(number)
            space.reclaimable.append(SpaceInventory.Reclaimable(place: key.place, vmid: key.vmid, bytes: bytes))
        }
    }
}
