import Testing

@testable import Simulator

@Suite("Simulated cluster")
struct ClusterTests {
    private func cluster(objects: Int, seed: UInt64 = 1, anomalies: Bool = true) -> SimulatedCluster {
        var options = SimulatedCluster.Options()
        options.objects = objects
        options.seed = seed
        options.hasAnomalies = anomalies
        return SimulatedCluster(options: options)
    }

    private func lists(of cluster: SimulatedCluster) -> [[UInt8]] {
        [cluster.store.volumes, cluster.store.snapshots].map { list in
            var bytes: [UInt8] = []
            for object in list.blocks.flatMap(\.objects) { bytes.object(object, as: ObjectFormat()) }
            return bytes
        }
    }

    @Test("the same seed and steps give the same cluster")
    func isDeterministic() {
        let first = cluster(objects: 700, seed: 42)
        let second = cluster(objects: 700, seed: 42)
        #expect(lists(of: first) == lists(of: second))
        for seconds: UInt64 in [1, 60, 3_600] {
            first.step(changes: 50, seconds: seconds)
            second.step(changes: 50, seconds: seconds)
            #expect(lists(of: first) == lists(of: second))
            #expect(first.generation == second.generation)
        }
    }

    @Test("different seeds give different clusters")
    func seedsDiffer() {
        #expect(lists(of: cluster(objects: 50, seed: 1)) != lists(of: cluster(objects: 50, seed: 2)))
    }

    @Test("the cluster has the requested number of objects", arguments: [0, 1, 2, 5, 50, 299, 300, 301, 5_000])
    func hasRequestedSize(objects: Int) {
        let cluster = cluster(objects: objects)
        #expect(cluster.store.count == objects)
        #expect(cluster.store.countByRole.reduce(cluster.store.beingDeletedCount, +) == objects)
    }

    @Test("clusters of 300 objects have every anomaly", arguments: UInt64(1)...8)
    func hasEveryAnomaly(seed: UInt64) {
        let counts = cluster(objects: 300, seed: seed).anomalyCounts
        for reason in AnomalyReason.allCases { #expect((counts[reason] ?? 0) > 0, "\(reason.rawValue)") }
    }

    @Test("without automatic anomalies, only requests plant anomalies", arguments: AnomalyReason.allCases)
    func plantsOnDemand(reason: AnomalyReason) throws {
        let cluster = cluster(objects: 400, anomalies: false)
        cluster.step(changes: 400, seconds: 60)
        #expect(cluster.plantedAnomalies.isEmpty)
        let plant = cluster.plant(reason)
        #expect(cluster.anomalyCounts == [reason: plant.affected.count])
        for serial in plant.affected { #expect(cluster.store[serial] != nil) }
        _ = cluster.repair(0)
        #expect(cluster.anomalyCounts.isEmpty)
    }

    @Test("a reverted volume is found by its name and by its global id")
    func findsReverted() throws {
        let cluster = cluster(objects: 3_000)
        let volumes = cluster.store.volumes.blocks.flatMap(\.objects)
        let reverted = try #require(volumes.first { $0.serial != $0.nameSerial })
        #expect(cluster.store[reverted.nameSerial]?.globalID == reverted.globalID)
        #expect(cluster.store[reverted.serial]?.name == reverted.name)
        let former = reverted.serial
        cluster.revert(reverted.nameSerial)
        #expect(cluster.store[former] == nil)
        #expect(cluster.store[reverted.nameSerial]?.name == reverted.name)
    }

    @Test("every parent exists and is a snapshot")
    func isLinked() {
        let cluster = cluster(objects: 2_000)
        cluster.step(changes: 4_000, seconds: 60)
        for volume in cluster.store.volumes.blocks.flatMap(\.objects) where volume.parent != 0 {
            #expect(cluster.store[volume.parent]?.isSnapshot == true, "\(volume.name)")
        }
        for snapshot in cluster.store.snapshots.blocks.flatMap(\.objects) where snapshot.parent != 0 {
            #expect(cluster.store[snapshot.parent]?.isSnapshot == true, "\(snapshot.name)")
        }
    }

    @Test("churn keeps the size and the number of anomalies stable")
    func keepsItsShape() {
        let cluster = cluster(objects: 1_000)
        for _ in 0..<20 {
            cluster.step(changes: 1_000, seconds: 60)
            #expect((850...1_150).contains(cluster.store.count))
            #expect(cluster.store.beingDeletedCount < 40)
            #expect((5...60).contains(cluster.plantedAnomalies.count))
        }
    }

    @Test("sizes are positive multiples of 512 bytes")
    func sizesAreSound() {
        let store = cluster(objects: 2_000).store
        for object in (store.volumes.blocks + store.snapshots.blocks).flatMap(\.objects) {
            #expect(object.size > 0 && object.size % 512 == 0 && object.stored <= object.size)
            #expect(object.created <= SimulatedCluster.Options().epoch)
        }
    }
}

@Suite("Parts of the simulated cluster")
struct ModelPartTests {
    @Test("the random generator is xoshiro256** seeded by SplitMix64")
    func generatorIsTheOneNamed() {
        // Computed with an independent implementation in Python.
        var random = Randomness(seed: 0)
        #expect(
            (0..<3).map { _ in random.next() } == [0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0])
    }

    @Test(
        "only canonical global ids are parsed",
        arguments: [
            ("nzkr.b.zi4", true), ("nzkr.b.ZI4", false), ("nzkr.b.0zi4", false), ("nzkr.b.", false),
            ("nzkr.b.+1", false),
            ("other.b.zi4", false), ("nzkr.b.zzzzzzzzzzzzzzzzzz", false),
        ])
    func globalIDs(text: String, isRead: Bool) {
        #expect((GlobalID.serial(of: text) != nil) == isRead)
        if let serial = GlobalID.serial(of: text) { #expect(GlobalID.text(serial) == text) }
    }

    @Test("blocks that are not full are reused")
    func blocksAreReused() {
        var store = ObjectStore()
        func object(_ serial: UInt64) -> SimulatedObject {
            SimulatedObject(
                serial: serial, nameSerial: serial, isSnapshot: false, role: .disk, template: 0, size: 512, stored: 0,
                used: 0, created: 0)
        }
        let serials = (0..<200).map { _ in store.newSerial() }
        for serial in serials { store.add(object(serial)) }
        let blocks = store.volumes.blocks.count
        for serial in serials.prefix(100) {
            let isRemoved = store.remove(serial)
            #expect(isRemoved)
        }
        let isRemovedAgain = store.remove(serials[0])
        #expect(!isRemovedAgain)
        for _ in 0..<100 { store.add(object(store.newSerial())) }
        #expect(store.volumes.blocks.count == blocks)
        #expect(store.volumes.blocks.reduce(0) { $0 + $1.objects.count } == 200)
        #expect(store.volumes.count == 200)
    }
}
