import ProxmoxVE
package import StorPool

/// The sums over the PVE objects of one poll of `VolumesSpace` and `SnapshotsSpace`, without snapshots being deleted.
package struct SpaceInventory: Sendable {
    package struct Stored: Equatable, Sendable {
        package var key: SeriesKey
        /// Sum of `storedSize`.
        package var bytes: UInt64
    }

    /// The sum over the disk snapshots of one VM on one storage.
    package struct Reclaimable: Equatable, Sendable {
        package var storageKey: StorageKey
        package var vmid: String
        /// Sum of `spaceUsed`.
        package var bytes: UInt64
    }

    /// Sorted by key.
    package internal(set) var stored: [Stored] = []
    /// Sorted by storage and VM.
    package internal(set) var reclaimable: [Reclaimable] = []

    package init() {}
}

/// Sums the objects of one space poll as they arrive.
package struct SpaceInventoryBuilder {
    /// nil if no object has the field.
    private struct Sums {
        var stored: UInt64?
        var reclaimable: UInt64?
    }

    private let scope: Scope
    private let textBound: Int
    private var series = SeriesTable(initial: Sums())

    package init(scope: Scope, textBound: Int = TooMuchText.standardBound) {
        self.scope = scope
        self.textBound = textBound
    }

    package mutating func add(_ object: StorPoolObject) throws(TooMuchText) {
        guard !object.isGoing, scope.includes(object.tags), let type = Classifier.objectType(of: object) else { return }
        let vm = scope.isPerVM ? series.vm(of: object.tags) : SeriesTable<Sums>.noVM
        series.update(storage: series.storage(of: object.tags), type: type, vm: vm) { sums in
            if let bytes = object.storedSize { sums.stored = (sums.stored ?? 0).addingClamped(bytes) }
            if type == .snapshot, let bytes = object.spaceUsed {
                sums.reclaimable = (sums.reclaimable ?? 0).addingClamped(bytes)
            }
        }
        guard series.textBytes <= textBound else { throw TooMuchText(bound: textBound) }
    }

    package consuming func finish() -> SpaceInventory {
        var space = SpaceInventory()
        series.forEachSorted { key, sums in
            if let bytes = sums.stored { space.stored.append(SpaceInventory.Stored(key: key, bytes: bytes)) }
            if let bytes = sums.reclaimable {
                space.reclaimable.append(
                    SpaceInventory.Reclaimable(storageKey: key.storageKey, vmid: key.vmid, bytes: bytes))
            }
        }
        return space
    }
}
