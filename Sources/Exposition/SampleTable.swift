import Inventory
import ProxmoxVE
import StorPool

/// The samples of one family. `write` writes the sample of one row.
struct SampleTable {
    let family: MetricFamily
    let count: Int
    let write: (_ row: Int, _ writer: inout SampleWriter) -> Void

    init(_ family: MetricFamily, _ count: Int, write: @escaping (Int, inout SampleWriter) -> Void) {
        (self.family, self.count, self.write) = (family, count, write)
    }

    /// A table whose rows are built in advance; for families with few samples.
    init(_ family: MetricFamily, _ rows: [(labels: [String], value: UInt64)]) {
        self.init(family, rows.count) { row, writer in writer.sample(family, rows[row].labels, rows[row].value) }
    }

    /// A table with the labels of a storage and a VM, and of an object type if `labels` returns types.
    init<Row>(
        _ family: MetricFamily, _ rows: [Row],
        _ labels: @escaping (Row) -> (storageKey: StorageKey, type: ObjectType?, vmid: String),
        value: @escaping (Row) -> UInt64
    ) {
        self.init(family, rows.count) { row, writer in
            let (storageKey, type, vmid) = labels(rows[row])
            writer.sample(family, storageKey, type, vmid: vmid, value(rows[row]))
        }
    }
}

extension MetricFamily {
    /// The families about objects in the order of the page; they disappear when the data is stale.
    package static let aboutObjects: [MetricFamily] = PageContents(
        inventory: Inventory(), space: nil, templates: [], known: [], anomalyCounts: [:], anomalySeries: 0
    ).tables.map(\.family)
}

extension PageContents {
    /// All tables in the order of the page.
    var tables: [SampleTable] {
        let shown = known.prefix(anomalySeries)
        return [
            SampleTable(.objects, inventory.series, Self.labels, value: \.tally.objects),
            SampleTable(.provisionedBytes, inventory.series, Self.labels, value: \.tally.bytes),
            SampleTable(
                .storedBytes, currentStored, { ($0.key.storageKey, $0.key.type, $0.key.vmid) }, value: \.bytes),
            SampleTable(.reclaimableBytes, currentReclaimable, { ($0.storageKey, nil, $0.vmid) }, value: \.bytes),
            SampleTable(.oldestSnapshot, inventory.snapshotAges, Self.labels, value: \.oldest),
            SampleTable(.newestSnapshot, inventory.snapshotAges, Self.labels, value: \.newest),
            anomalyTable,
            SampleTable(.anomalyInfo, shown.map { ($0.labels, 1) }),
            SampleTable(.anomalyFirstSeen, shown.map { ($0.labels, $0.firstSeen) }),
            SampleTable(.anomalyInfoOmitted, [([], UInt64(known.count - shown.count))]),
            SampleTable(.foreignObjects, foreign(\.objects)),
            SampleTable(.foreignBytes, foreign(\.bytes)),
            SampleTable(.goingObjects, [([], inventory.going.objects)]),
            SampleTable(.goingBytes, [([], inventory.going.bytes)]),
            templateTable(.templateCapacity, \.capacity),
            templateTable(.templateFree, \.free),
            templateTable(.templateStored, \.stored),
            templateTable(.templateProvisioned, \.provisioned),
        ]
    }

    private static func labels(_ series: Inventory.Series) -> (StorageKey, ObjectType?, String) {
        (series.key.storageKey, series.key.type, series.key.vmid)
    }

    private static func labels(_ ages: Inventory.SnapshotAges) -> (StorageKey, ObjectType?, String) {
        (ages.storageKey, nil, ages.vmid)
    }

    /// Has a sample with value 0 for each reason that a storage does not have. Alerting rules can then distinguish
    /// "none" from "not polled".
    private var anomalyTable: SampleTable {
        let reasons = AnomalyReason.allCases.sorted { $0.text < $1.text }
        // A foreign object with the anomaly `invisible` may name a storage that has no PVE object.
        let storages = Set(inventory.storages).union(anomalyCounts.keys.map(\.storageKey)).sorted()
        let counts = anomalyCounts
        return SampleTable(.anomalies, storages.count * reasons.count) { row, writer in
            let (key, reason) = (storages[row / reasons.count], reasons[row % reasons.count])
            writer.sample(
                .anomalies, [key.cluster, key.storage, reason.text, reason.severity.text],
                counts[AnomalyCount(storageKey: key, reason: reason)] ?? 0)
        }
    }

    private func foreign(_ value: KeyPath<Tally, UInt64>) -> [(labels: [String], value: UInt64)] {
        [
            ([ObjectKind.snapshot.text], inventory.foreignSnapshots[keyPath: value]),
            ([ObjectKind.volume.text], inventory.foreignVolumes[keyPath: value]),
        ]
    }

    private func templateTable(_ family: MetricFamily, _ value: KeyPath<TemplateStatus, UInt64?>) -> SampleTable {
        // If several templates have the same name, the last one in the list is shown, because a series must not be on
        // the page twice.
        let byName = Dictionary(templates.map { (Array($0.name.utf8), $0) }) { _, last in last }
        return SampleTable(
            family,
            byName.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, template in
                template[keyPath: value].map { ([template.name], $0) }
            })
    }

    /// The series of the last space poll that the inventory still contains. Both lists are sorted by key.
    private var currentStored: [SpaceInventory.Stored] {
        var rest = inventory.series[...]
        return (space?.stored ?? []).filter { stored in
            rest = rest.drop { $0.key < stored.key }
            return rest.first?.key == stored.key
        }
    }

    private var currentReclaimable: [SpaceInventory.Reclaimable] {
        var rest = inventory.series[...]
        return (space?.reclaimable ?? []).filter { reclaimable in
            let key = SeriesKey(storageKey: reclaimable.storageKey, type: .snapshot, vmid: reclaimable.vmid)
            rest = rest.drop { $0.key < key }
            return rest.first?.key == key
        }
    }
}

extension KnownAnomaly {
    fileprivate var labels: [String] {
        let subject = finding.subject
        return [
            subject.globalID, subject.kind.text, subject.type?.text ?? "", subject.storageKey.cluster,
            subject.storageKey.storage, subject.vmid, finding.anomaly.reason.text, finding.anomaly.reason.severity.text,
        ]
    }
}
