import Exposition
import Inventory
import ProxmoxVE
import StorPool

/// Objects, and pages about them.
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
        builder.beginList()
        for object in objects { builder.add(object) }
        return builder.finishing().run()
    }

    static func space(_ objects: [StorPoolObject]) -> SpaceInventory {
        var builder = SpaceInventoryBuilder(scope: Scope())
        builder.beginList()
        for object in objects { builder.add(object) }
        return builder.finishing().run()
    }

    static func known(
        _ id: String, _ reason: AnomalyReason, type: ObjectType? = .disk, vmid: String = "104",
        place: Place = Place(cluster: "prod1", storage: "nvme"), firstSeen: UInt64 = 7
    ) -> KnownAnomaly {
        KnownAnomaly(
            finding: Finding(
                subject: Subject(
                    globalID: id, name: "~" + id, kind: .volume, type: type, volumeName: nil, place: place, vmid: vmid),
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

    /// The page, rendered step by step.
    func page(after previous: ObjectsPage? = nil) -> ObjectsPage {
        var renderer = PageRenderer(self, previous: previous)
        while renderer.advance() {}
        return renderer.run()
    }
}

extension ObjectsPage {
    func text(_ format: ExpositionFormat = .text) -> String {
        chunks(format).map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    }

    /// The lines of samples of one family.
    func samples(_ family: String) -> [String] {
        text().split(separator: "\n").map(String.init).filter {
            $0.hasPrefix(family + "{") || $0.hasPrefix(family + " ")
        }
    }
}
