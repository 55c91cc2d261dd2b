import ProxmoxVE
package import StorPool

/// The different strings of one poll (names, tags, ids and details of findings) need more memory than the limit.
package struct TooMuchText: Error, Equatable {
    /// 256 MiB, which is far more than a million ordinary objects need.
    package static let standardBound = 256 << 20
    /// Approximate memory of a string in addition to its bytes: its array element, its dictionary entry and its heap
    /// block.
    static let overhead = 64

    /// The limit in bytes.
    package let bound: Int
}

/// Counts and classifies the objects of one poll as they arrive: first all volumes, then all snapshots.
package struct InventoryBuilder {
    private struct Sums {
        var tally = Tally()
        /// Oldest and newest creation time of disk snapshots and VM states. `newest` is 0 if no time is known.
        var (oldest, newest): (UInt64, UInt64) = (.max, 0)
    }

    private let scope: Scope
    private let textBound: Int
    private var series = SeriesTable(initial: Sums())
    private var comparison: Comparison
    private var inventory = Inventory()
    private var findingBytes = 0
    /// Whether each storage has a PVE object, indexed by the number of the storage.
    private var hasObjects: [Bool] = []

    /// - Parameter previous: the inventory of the last poll, whose size determines how much memory is reserved.
    package init(scope: Scope, previous: Inventory? = nil, textBound: Int = TooMuchText.standardBound) {
        self.scope = scope
        self.textBound = textBound
        comparison = Comparison(reserving: previous?.comparisonSize ?? Comparison.Size())
    }

    package mutating func add(_ object: StorPoolObject) throws(TooMuchText) {
        count(object)
        guard comparison.textBytes + series.textBytes + findingBytes <= textBound else {
            throw TooMuchText(bound: textBound)
        }
    }

    private mutating func count(_ object: StorPoolObject) {
        let classification = Classifier.classify(object)
        if object.isGoing { inventory.going.add(object.size) }
        guard let type = classification.objectType, scope.includes(object.tags) else {
            if object.kind == .volume { comparison.addForeignVolume(object, series.storage(of: object.tags)) }
            return addForeign(object, classification)
        }
        let storage = series.storage(of: object.tags)
        report(object, type, storage, classification.anomalies)
        while hasObjects.count <= Int(storage) { hasObjects.append(false) }
        hasObjects[Int(storage)] = true
        if object.isNamedAsDeleted { return }
        let vm = series.vm(of: object.tags)
        if !object.isGoing { count(object, type, storage, scope.isPerVM ? vm : SeriesTable<Sums>.noVM) }
        switch object.kind {
        case .volume: comparison.addVolume(object, type, storage, vm)
        case .snapshot: comparison.addSnapshot(object, type, storage, vm)
        }
    }

    private mutating func count(_ object: StorPoolObject, _ type: ObjectType, _ storage: UInt32, _ vm: UInt32) {
        series.update(storage: storage, type: type, vm: vm) { $0.tally.add(object.size) }
        guard type == .snapshot || type == .vmstate, let created = object.created else { return }
        series.update(storage: storage, type: .snapshot, vm: vm) { sums in
            sums.oldest = min(sums.oldest, created)
            sums.newest = max(sums.newest, created)
        }
    }

    private mutating func addForeign(_ object: StorPoolObject, _ classification: Classification) {
        guard !object.isGoing else { return }
        switch object.kind {
        case .volume: inventory.foreignVolumes.add(object.size)
        case .snapshot: inventory.foreignSnapshots.add(object.size)
        }
        guard !scope.excludes(object.tags) else { return }
        let anomalies = classification.anomalies.filter { $0.reason == .invisible }
        if !anomalies.isEmpty { report(object, nil, series.storage(of: object.tags), anomalies) }
    }

    private mutating func report(
        _ object: StorPoolObject, _ type: ObjectType?, _ storage: UInt32, _ anomalies: [Anomaly]
    ) {
        guard !anomalies.isEmpty else { return }
        let subject = Subject(object, type, on: series.storages[storage])
        for anomaly in anomalies {
            let finding = Finding(subject: subject, anomaly: anomaly)
            findingBytes += finding.textBytes
            inventory.findings.append(finding)
        }
    }

    /// Compares the objects with each other and sorts the series.
    package consuming func finish() throws(TooMuchText) -> Inventory {
        let room = textBound - series.textBytes - findingBytes - comparison.textBytes
        inventory.comparisonSize = comparison.size
        comparison.endLookups()
        inventory.findings += try comparison.findings(series.storages, series.vms, textBound: textBound, room: room)
        comparison = Comparison(reserving: Comparison.Size())
        inventory.storages = series.storages.values.enumerated()
            .filter { $0.offset < hasObjects.count && hasObjects[$0.offset] }.map(\.element).sorted()
        inventory.series.reserveCapacity(series.count)
        series.forEachSorted { key, sums in
            if sums.tally.objects > 0 { inventory.append(Inventory.Series(key: key, tally: sums.tally)) }
            guard sums.newest > 0 else { return }
            inventory.snapshotAges.append(
                Inventory.SnapshotAges(
                    storageKey: key.storageKey, vmid: key.vmid, oldest: sums.oldest, newest: sums.newest))
        }
        return inventory
    }
}
