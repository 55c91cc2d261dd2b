import Inventory
import ProxmoxVE
import StorPool
import TestSupport
import Testing

/// Objects as StorPool's plugin creates them.
enum Sample {
    static func volume(
        _ id: String, vmid: String? = "104", disk: String? = "0", cluster: String? = "prod1", storage: String? = "nvme",
        size: UInt64 = 1 << 30, snapshot: String? = nil, name: String? = nil, globalID: String? = nil,
        type: String? = "images", created: UInt64? = 1_700_000_000, parent: String? = nil
    ) -> StorPoolObject {
        StorPoolObject(
            kind: .volume, name: name ?? "~" + id, globalID: globalID ?? id, size: size, created: created,
            tags: Tags(
                virt: "pve", cluster: cluster, storage: storage, contentType: type, vmid: vmid, disk: disk,
                snapshot: snapshot, parent: parent))
    }

    static func snapshot(
        _ id: String, of parent: String?, _ snapshot: String? = "before", vmid: String? = "104", disk: String? = "0",
        cluster: String? = "prod1", storage: String? = "nvme", size: UInt64 = 1 << 30, created: UInt64? = nil,
        deleted: Bool = false, transient: Bool = false, name: String? = nil
    ) -> StorPoolObject {
        StorPoolObject(
            kind: .snapshot, name: name ?? "~" + id, globalID: id, size: size, created: created, isDeleted: deleted,
            isTransient: transient,
            tags: Tags(
                virt: "pve", cluster: cluster, storage: storage, contentType: "images", vmid: vmid, disk: disk,
                snapshot: snapshot, parent: parent))
    }

    static func state(_ id: String, vmid: String = "104", created: UInt64? = nil) -> StorPoolObject {
        volume(id, vmid: vmid, disk: "state", snapshot: "before", created: created)
    }

    static func base(
        _ id: String, vmid: String = "104", disk: String = "0", cluster: String = "prod1", storage: String = "nvme",
        deleted: Bool = false
    ) -> StorPoolObject {
        StorPoolObject(
            kind: .snapshot, name: "~" + id, globalID: id, size: 1 << 30, isDeleted: deleted,
            tags: Tags(
                virt: "pve", cluster: cluster, storage: storage, contentType: "images", vmid: vmid, disk: disk,
                base: "1"))
    }

    static func iso(_ id: String) -> StorPoolObject {
        StorPoolObject(
            kind: .snapshot, name: "~" + id, globalID: id, size: 700,
            tags: Tags(virt: "pve", cluster: "prod1", storage: "nvme", contentType: "iso", comment: "debian"))
    }

    static func foreign(_ kind: ObjectKind, _ id: String, size: UInt64 = 100) -> StorPoolObject {
        StorPoolObject(kind: kind, name: "~" + id, globalID: id, size: size)
    }
}

func poll(
    _ volumes: [StorPoolObject] = [], _ snapshots: [StorPoolObject] = [], scope: Scope = Scope()
) -> Inventory {
    var builder = InventoryBuilder(scope: scope)
    do {
        for object in volumes + snapshots { try builder.add(object) }
        return try builder.finish()
    } catch {
        Issue.record(error)
        return Inventory()
    }
}

/// The contents of an inventory, for comparison.
struct Contents: Equatable {
    var series: [Inventory.Series]
    var ages: [Inventory.SnapshotAges]
    var storages: [StorageKey]
    var findings: [Finding]
    var foreign: [Tally]
    var going: Tally

    /// - Parameter withDetailsOfGroups: false clears the details of anomalies of groups, because they depend on the
    ///   order of the objects.
    init(_ inventory: Inventory, withDetailsOfGroups: Bool = true) {
        series = inventory.series
        ages = inventory.snapshotAges
        storages = inventory.storages
        findings = inventory.findings.sorted(by: Finding.isWorse)
        if !withDetailsOfGroups {
            for index in findings.indices where findings[index].anomaly.reason.isOfGroup {
                findings[index].anomaly.detail = ""
            }
        }
        foreign = [inventory.foreignVolumes, inventory.foreignSnapshots]
        going = inventory.going
    }
}

extension AnomalyReason {
    fileprivate var isOfGroup: Bool { self == .baseAndDisk || text.hasPrefix("duplicate-") }
}

extension Inventory {
    /// The findings that come from comparisons, as `reason id`, sorted.
    var compared: [String] {
        findings.filter(\.anomaly.reason.comparesObjects).map { "\($0.anomaly.reason.text) \($0.subject.globalID)" }
            .sorted()
    }

    /// All findings, as `reason id`, sorted.
    var found: [String] {
        findings.map { "\($0.anomaly.reason.text) \($0.subject.globalID)" }.sorted()
    }

    /// Series as `cluster/storage type vmid objects bytes`.
    var counted: [String] {
        series.map {
            "\($0.key.storageKey.cluster)/\($0.key.storageKey.storage) \($0.key.type.text) \($0.key.vmid) "
                + "\($0.tally.objects) \($0.tally.bytes)"
        }
    }
}

/// Random clusters in which many objects have the same tags.
enum RandomCluster {
    static func volumes(_ random: inout Seeded) -> [StorPoolObject] {
        (0..<Int.random(in: 0...40, using: &random)).map { number in
            let id = "v.\(number).a"
            if Int.random(in: 0..<6, using: &random) == 0 { return Sample.foreign(.volume, id, size: UInt64(number)) }
            return Sample.volume(
                id, vmid: one(&random, ["101", "102", "103", "", nil]),
                disk: one(&random, ["0", "1", "cloudinit", "state", "007", nil]),
                cluster: one(&random, ["prod1", "prod1", "prod2", "", nil]),
                storage: one(&random, ["nvme", "nvme", "hdd", nil]), size: UInt64(number),
                snapshot: one(&random, [nil, nil, "x1"]), name: one(&random, [nil, nil, nil, "named\(number)"]),
                globalID: one(&random, [nil, nil, "other.\(number).b"]),
                type: one(&random, ["images", "rootdir", "iso"]),
                created: random.next(upperBound: 100 as UInt64), parent: one(&random, [nil, nil, "v.1.a"]))
        }
    }

    static func snapshots(_ random: inout Seeded) -> [StorPoolObject] {
        (0..<Int.random(in: 0...40, using: &random)).map { number in
            let id = "s.\(number).a"
            if Int.random(in: 0..<6, using: &random) == 0 { return Sample.foreign(.snapshot, id, size: UInt64(number)) }
            if Int.random(in: 0..<8, using: &random) == 0 { return Sample.base(id, vmid: "101", disk: "\(number % 2)") }
            return Sample.snapshot(
                id, of: one(&random, ["v.1.a", "v.2.a", "v.3.a", "v.39.a", "gone.x.y", nil]),
                one(&random, ["x1", "x1", "x2", "", nil]), vmid: one(&random, ["101", "102", ""]),
                disk: one(&random, ["0", "1", nil]), cluster: one(&random, ["prod1", "prod2", ""]),
                storage: one(&random, ["nvme", "nvme", "hdd", nil]), size: UInt64(number),
                created: one(&random, [7, 8, nil]), deleted: Int.random(in: 0..<8, using: &random) == 0,
                name: one(&random, [nil, nil, nil, "*s\(number)", "~t.\(number).a"]))
        }
    }

    private static func one<Value>(_ random: inout Seeded, _ values: [Value?]) -> Value? {
        values.randomElement(using: &random) ?? nil
    }
}
