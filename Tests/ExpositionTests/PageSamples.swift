import Exposition
import Inventory
import ProxmoxVE
import StorPool
import Testing

enum Sample {
    static func volume(
        _ id: String, vmid: String? = "104", disk: String = "0", cluster: String? = "prod1", storage: String? = "nvme",
        size: UInt64 = 1024, stored: UInt64? = nil
    ) -> StorPoolObject {
        StorPoolObject(
            kind: .volume, name: "~" + id, globalID: id, size: size, storedSize: stored,
            tags: Tags(
                virt: "pve", cluster: cluster, storage: storage, contentType: "images", vmid: vmid, disk: disk))
    }

    static func snapshot(
        _ id: String, vmid: String = "104", created: UInt64? = 5, stored: UInt64? = nil, used: UInt64? = nil
    ) -> StorPoolObject {
        StorPoolObject(
            kind: .snapshot, name: "~" + id, globalID: id, size: 1024, created: created, storedSize: stored,
            spaceUsed: used,
            tags: Tags(
                virt: "pve", cluster: "prod1", storage: "nvme", contentType: "images", vmid: vmid, disk: "0",
                snapshot: "before", parent: "a.1.1"))
    }

    static func inventory(_ objects: [StorPoolObject], scope: Scope = Scope()) -> Inventory {
        var builder = InventoryBuilder(scope: scope)
        do {
            for object in objects { try builder.add(object) }
            return try builder.finish()
        } catch {
            Issue.record(error)
            return Inventory()
        }
    }

    static func space(_ objects: [StorPoolObject]) -> SpaceInventory {
        var builder = SpaceInventoryBuilder(scope: Scope())
        do {
            for object in objects { try builder.add(object) }
        } catch {
            Issue.record(error)
        }
        return builder.finish()
    }

    static func known(
        _ id: String, _ reason: AnomalyReason, type: ObjectType? = .disk, vmid: String = "104",
        storageKey: StorageKey = StorageKey(cluster: "prod1", storage: "nvme"), firstSeen: UInt64 = 7
    ) -> KnownAnomaly {
        KnownAnomaly(
            finding: Finding(
                subject: Subject(
                    globalID: id, name: "~" + id, kind: .volume, type: type, volumeName: nil, storageKey: storageKey,
                    vmid: vmid),
                anomaly: Anomaly(reason: reason, detail: "")),
            firstSeen: firstSeen)
    }
}

extension PageContents {
    init(
        _ objects: [StorPoolObject] = [], space: [StorPoolObject]? = nil, templates: [TemplateStatus] = [],
        known: [KnownAnomaly] = [], counts: [AnomalyCount: UInt64] = [:], series: Int = 500, scope: Scope = Scope()
    ) {
        self.init(
            inventory: Sample.inventory(objects, scope: scope), space: space.map(Sample.space), templates: templates,
            known: known, anomalyCounts: counts, anomalySeries: series)
    }

    func page() throws(PageTooLarge) -> ObjectsPage {
        try ObjectsPage(self)
    }
}

extension ObjectsPage {
    func text(_ format: ExpositionFormat = .text) -> String {
        pieces(format).map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// The sample lines of a family.
    func samples(_ family: String) -> [String] {
        text().split(separator: "\n").map(String.init).filter {
            $0.hasPrefix(family + "{") || $0.hasPrefix(family + " ")
        }
    }
}
