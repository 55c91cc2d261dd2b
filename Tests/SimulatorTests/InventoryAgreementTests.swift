import Inventory
import ProxmoxVE
import StorPool
import Testing

@testable import Simulator

/// Compares the exporter's inventory with the objects and anomalies that the simulator created.
@Suite("Agreement of exporter and simulator")
struct InventoryAgreementTests {
    private func inventory(of cluster: SimulatedCluster) throws -> Inventory {
        var builder = InventoryBuilder(scope: Scope())
        for list in [cluster.store.volumes, cluster.store.snapshots] {
            for object in list.blocks.flatMap(\.objects) { try builder.add(object.polled) }
        }
        return try builder.finish()
    }

    private func expectAgreement(_ cluster: SimulatedCluster) throws {
        let inventory = try inventory(of: cluster)
        var found: [String: Int] = [:]
        for finding in inventory.findings { found[finding.anomaly.reason.rawValue, default: 0] += 1 }
        var stated: [String: Int] = [:]
        for (reason, count) in cluster.anomalyCounts where count > 0 { stated[reason.rawValue] = count }
        #expect(found == stated)

        var types: [String: Int] = [:]
        for series in inventory.series { types["\(series.key.type)", default: 0] += Int(series.tally.objects) }
        var roles: [String: Int] = [:]
        for role in SimulatedObject.Role.allCases where role != .foreign {
            let count = cluster.store.countByRole[Int(role.rawValue)]
            if count > 0 { roles[role.text] = count }
        }
        #expect(types == roles)
        #expect(Int(inventory.going.objects) == cluster.store.beingDeletedCount)
        let foreign = cluster.store.countByRole[Int(SimulatedObject.Role.foreign.rawValue)]
        #expect(Int(inventory.foreignVolumes.objects + inventory.foreignSnapshots.objects) == foreign)
    }

    @Test("the inventory agrees with the simulator after churn", arguments: UInt64(1)...6)
    func agrees(seed: UInt64) throws {
        var options = SimulatedCluster.Options()
        options.objects = 1_500
        options.seed = seed
        let cluster = SimulatedCluster(options: options)
        try expectAgreement(cluster)
        for _ in 0..<8 {
            cluster.step(changes: 200, seconds: 600)
            try expectAgreement(cluster)
        }
    }
}

extension SimulatedObject {
    /// The object as a poll reads it.
    fileprivate var polled: StorPoolObject {
        StorPoolObject(
            kind: isSnapshot ? .snapshot : .volume, name: name, globalID: globalID, size: size, created: created,
            isDeleted: traits.contains(.deleted), isTransient: traits.contains(.transient),
            deletionDate: deleteAt,
            tags: Tags(
                virt: tags?.virt, cluster: tags?.cluster, storage: tags?.storage, contentType: tags?.type,
                vmid: tags?.vmid, disk: tags?.disk, base: tags?.base, snapshot: tags?.snapshot, parent: tags?.parent,
                comment: tags?.comment, hasVolumeCarePolicy: tags?.hasVolumeCarePolicy ?? false))
    }
}
