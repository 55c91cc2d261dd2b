package import ProxmoxVE
package import StorPool

/// Adds up the objects of one poll as they arrive. What it keeps of a healthy object is one small record for the
/// comparisons that need both lists.
package struct InventoryBuilder: TextHolder {
    /// The most text that it may hold.
    package let textBound: TextBound
    private let scope: Scope
    private var owners = Owners()
    private var index = SeriesIndex()
    private var tallies: [Tally] = []
    private var ages = SnapshotAgeTable()
    private var comparison: Comparison
    private var inventory = Inventory()
    /// Bytes of the texts of the findings.
    private var findingBytes = 0
    /// Whether an object of Proxmox VE was seen on a storage, by its number.
    private var seenPlaces: [Bool] = []
    private var checkpoint = Checkpoint()

    /// What a list that begins anew falls back to. Numbers that were given out since stay, with nothing counted there.
    private struct Checkpoint {
        var tallies: [Tally] = []
        var ages = SnapshotAgeTable()
        var inventory = Inventory()
        var findingBytes = 0
        var seenPlaces: [Bool] = []
        var comparison = Comparison.Mark()
    }

    /// Nothing yet. With the inventory of the poll before, room is made at once for as many objects and some more:
    /// arrays that grow hold their elements twice for a moment.
    package init(scope: Scope, previous: Inventory? = nil, textBound: TextBound = .standard) {
        self.scope = scope
        self.textBound = textBound
        comparison = Comparison(expecting: previous?.comparisonSize.withMargin ?? Comparison.Size())
    }

    /// Bytes of distinct names and tags, and of the texts of findings.
    package var textBytes: Int { comparison.textBytes + owners.textBytes + findingBytes }

    /// A list begins.
    package mutating func beginList() {
        checkpoint = Checkpoint(
            tallies: tallies, ages: ages, inventory: inventory, findingBytes: findingBytes, seenPlaces: seenPlaces,
            comparison: comparison.mark)
    }

    /// The list begins anew: what it has brought so far does not count.
    package mutating func restartList() {
        (tallies, ages, inventory) = (checkpoint.tallies, checkpoint.ages, checkpoint.inventory)
        (findingBytes, seenPlaces) = (checkpoint.findingBytes, checkpoint.seenPlaces)
        comparison.goBack(to: checkpoint.comparison)
    }

    /// Counts and classifies one object; false when the builder then holds more text than it may.
    @discardableResult
    package mutating func add(_ object: StorPoolObject) -> Bool {
        take(object)
        return !exceedsTextBound
    }

    private mutating func take(_ object: StorPoolObject) {
        let classification = Classifier.classify(object)
        // Snapshots being deleted are counted separately, foreign ones included.
        if object.isGoing { inventory.going.add(object.size) }
        guard let type = classification.objectType, scope.includes(object.tags) else {
            if object.kind == .volume { comparison.addForeignVolume(object, owners.place(of: object.tags)) }
            return addForeign(object, classification)
        }
        let place = owners.place(of: object.tags)
        report(object, type, place, classification.anomalies)
        see(place)
        if object.isGoing, object.isNamedAsDeleted { return }
        let vm = owners.vm(of: object.tags)
        if !object.isGoing { count(object, type, place, scope.isPerVM ? vm : Owners.noVM) }
        switch object.kind {
        case .volume: comparison.addVolume(object, type, place, vm)
        case .snapshot: comparison.addSnapshot(object, type, place, vm)
        }
    }

    /// Ends the poll: what is left is to compare the objects and to put everything in order.
    package consuming func finishing() -> Finishing {
        Finishing(self)
    }

    private mutating func addForeign(_ object: StorPoolObject, _ classification: Classification) {
        guard !object.isGoing else { return }
        switch object.kind {
        case .volume: inventory.foreignVolumes.add(object.size)
        case .snapshot: inventory.foreignSnapshots.add(object.size)
        }
        // An object that lost the tag of its cluster may be of one that was asked for; one of another cluster is not.
        guard !scope.isElsewhere(object.tags) else { return }
        let anomalies = classification.anomalies.filter { $0.reason == .invisible }
        if !anomalies.isEmpty { report(object, nil, owners.place(of: object.tags), anomalies) }
    }

    private mutating func see(_ place: Int) {
        while seenPlaces.count <= place { seenPlaces.append(false) }
        seenPlaces[place] = true
    }

    private mutating func count(_ object: StorPoolObject, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index) {
        let series = index.index(place: place, type: type, vm: vm)
        while tallies.count <= series { tallies.append(Tally()) }
        tallies[series].add(object.size)
        guard type == .snapshot || type == .vmstate, let created = object.created else { return }
        // VM states, which are few, share the ages of the series of snapshots.
        ages.add(created, to: type == .snapshot ? series : index.index(place: place, type: .snapshot, vm: vm))
    }

    private mutating func report(_ object: StorPoolObject, _ type: ObjectType?, _ place: Int, _ anomalies: [Anomaly]) {
        guard !anomalies.isEmpty else { return }
        let subject = Subject(object, type, at: owners.places[place])
        for anomaly in anomalies {
            let finding = Finding(subject: subject, anomaly: anomaly)
            findingBytes += finding.textBytes
            inventory.findings.append(finding)
        }
    }
}

extension InventoryBuilder {
    /// The end of a poll, in steps.
    package struct Finishing: SteppedWork, TextHolder {
        private enum Stage {
            case compare(Comparison.Run)
            /// What the comparison needed is free again before there is anything new.
            case compared
            case series(SeriesWalk)
            case done
        }

        /// The most text that it may hold.
        package let textBound: TextBound
        private let objectTextBytes: Int
        private var comparisonTextBytes = 0
        private let owners: Owners
        private let index: SeriesIndex
        private let tallies: [Tally]
        private let ages: SnapshotAgeTable
        private var inventory: Inventory
        private var stage: Stage

        fileprivate init(_ builder: consuming InventoryBuilder) {
            (textBound, objectTextBytes) = (builder.textBound, builder.textBytes)
            (owners, index, tallies, ages) = (builder.owners, builder.index, builder.tallies, builder.ages)
            inventory = builder.inventory
            inventory.comparisonSize = builder.comparison.size
            let seen = builder.seenPlaces
            inventory.places = seen.indices.filter { seen[$0] }.map { builder.owners.places[$0] }.sorted()
            stage = .compare(Comparison.Run(builder.comparison, builder.owners))
        }

        /// Bytes of the builder's texts, and of the texts of the findings that compare objects.
        package var textBytes: Int { objectTextBytes + comparisonTextBytes }

        /// Does the next step; false when nothing is left to do.
        package mutating func advance() -> Bool {
            // Taken out for the step: what two places hold is copied when it changes.
            let current = stage
            stage = .done
            stage = advance(current)
            if case .done = stage { return false }
            return true
        }

        /// What the poll found.
        package consuming func outcome() -> Inventory { inventory }

        private mutating func advance(_ stage: consuming Stage) -> Stage {
            switch consume stage {
            case .compare(var run):
                let isUnfinished = run.advance()
                comparisonTextBytes = run.findingBytes
                if isUnfinished { return .compare(run) }
                inventory.findings.append(contentsOf: run.findings)
                return .compared
            case .compared:
                inventory.series.reserveCapacity(index.count)
                inventory.snapshotAges.reserveCapacity(ages.count)
                return .series(SeriesWalk(index, owners))
            case .series(var walk):
                return walk.advance { take($0, $1) } ? .series(walk) : .done
            case .done:
                return .done
            }
        }

        private mutating func take(_ number: Int, _ key: SeriesKey) {
            if number < tallies.count, tallies[number].objects > 0 {
                inventory.append(Inventory.Series(key: key, tally: tallies[number]))
            }
            guard let found = ages[number] else { return }
            inventory.snapshotAges.append(
                Inventory.SnapshotAges(place: key.place, vmid: key.vmid, oldest: found.oldest, newest: found.newest))
        }
    }
}

/// When the oldest and the newest snapshot of some series were created; most series have none.
private struct SnapshotAgeTable {
    private static let none = UInt32.max

    /// Where the ages of a series are, by its number.
    private var places: [UInt32] = []
    private var ages: [(oldest: UInt64, newest: UInt64)] = []

    /// How many series have ages.
    var count: Int { ages.count }

    mutating func add(_ created: UInt64, to series: Int) {
        while places.count <= series { places.append(Self.none) }
        let place = places[series]
        guard place != Self.none else {
            places[series] = UInt32(ages.count)
            ages.append((created, created))
            return
        }
        let found = ages[Int(place)]
        ages[Int(place)] = (min(found.oldest, created), max(found.newest, created))
    }

    subscript(_ series: Int) -> (oldest: UInt64, newest: UInt64)? {
        guard series < places.count, places[series] != Self.none else { return nil }
        return ages[Int(places[series])]
    }
}

extension Place {
    static func of(_ tags: Tags) -> Place {
        Place(cluster: tags.cluster ?? "", storage: tags.storage ?? "")
    }
}

extension Subject {
    /// The subject of an object's anomalies; `place` shares the texts of a place that is already known.
    package init(_ object: StorPoolObject, _ type: ObjectType?, at place: Place? = nil) {
        self.init(
            globalID: object.proxmoxID, name: object.name, kind: object.kind, type: type,
            volumeName: type == nil ? nil : VolumeName.encode(object), place: place ?? Place.of(object.tags),
            vmid: object.tags.vmid ?? "")
    }
}
