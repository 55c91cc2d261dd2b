import ProxmoxVE
package import StorPool

/// What one poll of `VolumesSpace` and `SnapshotsSpace` found, added up. Snapshots on their way out are left out.
package struct SpaceInventory: Sendable {
    /// One series of stored bytes.
    package struct Stored: Equatable, Sendable {
        /// What is summed.
        package var key: SeriesKey
        /// Sum of `storedSize`.
        package var bytes: UInt64
    }

    /// One VM's snapshots on one storage.
    package struct Reclaimable: Equatable, Sendable {
        /// The storage.
        package var place: Place
        /// The VM, or empty.
        package var vmid: String
        /// Sum of the snapshots' `spaceUsed`.
        package var bytes: UInt64
    }

    /// Sorted by cluster, storage, type, VM.
    package internal(set) var stored: [Stored] = []
    /// Sorted by cluster, storage, VM.
    package internal(set) var reclaimable: [Reclaimable] = []

    /// Nothing is known of the space.
    package init() {}
}

/// Adds up the objects of one space poll as they arrive.
package struct SpaceInventoryBuilder: TextHolder {
    /// The most text that it may hold.
    package let textBound: TextBound
    private let scope: Scope
    private var owners = Owners()
    private var index = SeriesIndex()
    /// Sums by the number of the series; nil where nothing has been added.
    private var stored: [UInt64?] = []
    private var reclaimable: [UInt64?] = []
    private var checkpoint: (stored: [UInt64?], reclaimable: [UInt64?]) = ([], [])

    /// A list begins.
    package mutating func beginList() {
        checkpoint = (stored, reclaimable)
    }

    /// The list begins anew: what it has brought so far does not count.
    package mutating func restartList() {
        (stored, reclaimable) = checkpoint
    }

    /// Nothing yet.
    package init(scope: Scope, textBound: TextBound = .standard) {
        self.scope = scope
        self.textBound = textBound
    }

    /// Bytes of distinct tags.
    package var textBytes: Int { owners.textBytes }

    /// Counts one object; false when the builder then holds more text than it may. An object without `storedSize` or
    /// `spaceUsed` adds nothing to that sum.
    @discardableResult
    package mutating func add(_ object: StorPoolObject) -> Bool {
        take(object)
        return !exceedsTextBound
    }

    private mutating func take(_ object: StorPoolObject) {
        guard !object.isGoing, scope.includes(object.tags), let type = Classifier.objectType(of: object) else { return }
        let series = index.index(
            place: owners.place(of: object.tags), type: type,
            vm: scope.isPerVM ? owners.vm(of: object.tags) : Owners.noVM)
        if let bytes = object.storedSize { Self.add(bytes, to: series, of: &stored) }
        if type == .snapshot, let bytes = object.spaceUsed { Self.add(bytes, to: series, of: &reclaimable) }
    }

    private static func add(_ bytes: UInt64, to series: Int, of sums: inout [UInt64?]) {
        while sums.count <= series { sums.append(nil) }
        sums[series] = (sums[series] ?? 0).addingClamped(bytes)
    }

    /// Ends the poll: what is left is to put everything in order.
    package consuming func finishing() -> Finishing {
        Finishing(self)
    }
}

extension SpaceInventoryBuilder {
    /// The end of a space poll, in steps.
    package struct Finishing: SteppedWork, TextHolder {
        /// The most text that it may hold.
        package var textBound: TextBound { builder.textBound }
        /// Bytes of distinct tags.
        package var textBytes: Int { builder.textBytes }

        private let builder: SpaceInventoryBuilder
        private var space = SpaceInventory()
        private var walk: SeriesWalk

        fileprivate init(_ builder: consuming SpaceInventoryBuilder) {
            self.builder = builder
            // At once: arrays that grow hold their elements twice for a moment.
            space.stored.reserveCapacity(builder.index.count)
            walk = SeriesWalk(builder.index, builder.owners)
        }

        /// Does the next step; false when nothing is left to do.
        package mutating func advance() -> Bool {
            walk.advance { number, key in
                if number < builder.stored.count, let bytes = builder.stored[number] {
                    space.stored.append(SpaceInventory.Stored(key: key, bytes: bytes))
                }
                if number < builder.reclaimable.count, let bytes = builder.reclaimable[number] {
                    space.reclaimable.append(
                        SpaceInventory.Reclaimable(place: key.place, vmid: key.vmid, bytes: bytes))
                }
            }
        }

        /// What the poll found.
        package consuming func outcome() -> SpaceInventory { space }
    }
}
