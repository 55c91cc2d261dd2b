import Inventory
import ProxmoxVE
import StorPool

/// The tables of the page, in its order.
extension PageContents {
    func tables() -> [any SampleTable] {
        let series = inventory.series
        let ages = inventory.snapshotAges
        let stored = currentStored()
        let reclaimable = currentReclaimable()
        let shown = Array(known.prefix(anomalySeries))
        return [
            VMTable(.objects, series.count) {
                (series[$0].key.place, series[$0].key.type, series[$0].key.vmid)
            } value: {
                series[$0].tally.objects
            },
            VMTable(.provisionedBytes, series.count) {
                (series[$0].key.place, series[$0].key.type, series[$0].key.vmid)
            } value: {
                series[$0].tally.bytes
            },
            VMTable(.storedBytes, stored.count) {
                (stored[$0].key.place, stored[$0].key.type, stored[$0].key.vmid)
            } value: {
                stored[$0].bytes
            },
            VMTable(.reclaimableBytes, reclaimable.count) {
                (reclaimable[$0].place, nil, reclaimable[$0].vmid)
            } value: {
                reclaimable[$0].bytes
            },
            VMTable(.oldestSnapshot, ages.count) {
                (ages[$0].place, nil, ages[$0].vmid)
            } value: {
                ages[$0].oldest
            },
            VMTable(.newestSnapshot, ages.count) {
                (ages[$0].place, nil, ages[$0].vmid)
            } value: {
                ages[$0].newest
            },
            anomalyTable(),
            ListTable(.anomalyInfo, shown.map { ($0.labels, 1) }),
            ListTable(.anomalyFirstSeen, shown.map { ($0.labels, $0.firstSeen) }),
            ListTable(.anomalyInfoOmitted, [([], UInt64(known.count - shown.count))]),
            ListTable(.foreignObjects, foreign(\.objects)),
            ListTable(.foreignBytes, foreign(\.bytes)),
            ListTable(.goingObjects, [([], inventory.going.objects)]),
            ListTable(.goingBytes, [([], inventory.going.bytes)]),
            templateTable(.templateCapacity, \.capacity),
            templateTable(.templateFree, \.free),
            templateTable(.templateStored, \.stored),
            templateTable(.templateProvisioned, \.provisioned),
        ]
    }

    /// Zero for every reason of each storage seen, so that a rule can tell "none" from "not looked at".
    private func anomalyTable() -> AnomalyTable {
        // Foreign objects that are invisible may name a storage that nothing else is on.
        let others = Set(anomalyCounts.keys.map(\.place).filter { !inventory.places.containsSorted($0) })
        return AnomalyTable(
            places: others.isEmpty ? inventory.places : (inventory.places + others).sorted(), counts: anomalyCounts)
    }

    private func foreign(_ value: KeyPath<Tally, UInt64>) -> [(labels: [String], value: UInt64)] {
        [
            ([ObjectKind.snapshot.text], inventory.foreignSnapshots[keyPath: value]),
            ([ObjectKind.volume.text], inventory.foreignVolumes[keyPath: value]),
        ]
    }

    private func templateTable(_ family: MetricFamily, _ value: KeyPath<TemplateStatus, UInt64?>) -> ListTable {
        // Of equal names the last counts: a series must not be on the page twice.
        let byName = Dictionary(templates.map { (Array($0.name.utf8), $0) }) { _, last in last }
        return ListTable(
            family,
            byName.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, template in
                template[keyPath: value].map { ([template.name], $0) }
            })
    }

    /// What the last space poll found of series that are still there: vanished objects vanish from the page.
    private func currentStored() -> [SpaceInventory.Stored] {
        // Both are in the same order.
        var rest = inventory.series[...]
        return (space?.stored ?? []).those { stored in
            rest = rest.drop { $0.key < stored.key }
            return rest.first?.key == stored.key
        }
    }

    private func currentReclaimable() -> [SpaceInventory.Reclaimable] {
        var rest = inventory.series[...]
        return (space?.reclaimable ?? []).those { reclaimable in
            let key = SeriesKey(place: reclaimable.place, type: .snapshot, vmid: reclaimable.vmid)
            rest = rest.drop { $0.key < key }
            return rest.first?.key == key
        }
    }
}

extension Array where Element: Comparable {
    /// Whether it is one of them, who are in order.
    fileprivate func containsSorted(_ element: Element) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element
    }
}

extension Array {
    /// The elements for which it is so, asked once of each in their order; mostly all of them, and then no copy.
    fileprivate func those(_ isSo: (Element) -> Bool) -> [Element] {
        guard let first = firstIndex(where: { !isSo($0) }) else { return self }
        return Array(self[..<first]) + self[(first + 1)...].filter(isSo)
    }
}

extension KnownAnomaly {
    fileprivate var labels: [String] {
        let subject = finding.subject
        return [
            subject.globalID, subject.kind.text, subject.type?.text ?? "", subject.place.cluster, subject.place.storage,
            subject.vmid, finding.anomaly.reason.text, finding.anomaly.reason.severity.text,
        ]
    }
}

/// A sample for each reason of each storage, made when it is written: a reply may name any number of storages.
struct AnomalyTable: SampleTable {
    private static let reasons = AnomalyReason.allCases.sorted { $0.text < $1.text }

    let family = MetricFamily.anomalies
    /// Sorted.
    let places: [Place]
    let counts: [AnomalyCount: UInt64]

    var count: Int { places.count * Self.reasons.count }

    func write(_ row: Int, to writer: inout SampleWriter) {
        let (place, reason) = (places[row / Self.reasons.count], Self.reasons[row % Self.reasons.count])
        writer.sample(
            family, [place.cluster, place.storage, reason.text, reason.severity.text],
            counts[AnomalyCount(place: place, reason: reason)] ?? 0)
    }
}

/// A short family, its samples spelled out.
struct ListTable: SampleTable {
    let family: MetricFamily
    private let rows: [(labels: [String], value: UInt64)]

    init(_ family: MetricFamily, _ rows: [(labels: [String], value: UInt64)]) {
        self.family = family
        self.rows = rows
    }

    var count: Int { rows.count }

    func write(_ row: Int, to writer: inout SampleWriter) {
        writer.sample(family, rows[row].labels, rows[row].value)
    }
}

/// A family with a sample for each VM: many rows, whose first labels repeat.
struct VMTable: SampleTable {
    typealias Labels = (place: Place, type: ObjectType?, vmid: String)

    let family: MetricFamily
    let count: Int
    private let labels: (Int) -> Labels
    private let value: (Int) -> UInt64

    init(
        _ family: MetricFamily, _ count: Int, labels: @escaping (Int) -> Labels, value: @escaping (Int) -> UInt64
    ) {
        self.family = family
        self.count = count
        self.labels = labels
        self.value = value
    }

    func write(_ row: Int, to writer: inout SampleWriter) {
        let labels = labels(row)
        writer.sample(family, common: (labels.place, labels.type), vmid: labels.vmid, value(row))
    }

    /// One row in 256 by its VM, so that neighbours that come and go move no boundary.
    func isBoundary(after row: Int) -> Bool {
        let hash = labels(row).vmid.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return hash >> 8 & 0xFF == 0
    }
}
