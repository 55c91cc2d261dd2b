import Inventory
import ProxmoxVE
import StorPool
import TestSupport
import Testing

@Suite("Inventory builder")
struct InventoryBuilderTests {
    @Test("the inventory counts objects by storage, type and VM, sorted")
    func series() {
        let inventory = poll(
            [
                Sample.volume("a.1.1", vmid: "109", size: 1), Sample.volume("a.1.2", vmid: "109", disk: "1", size: 2),
                Sample.volume("a.1.3", vmid: "104", disk: "cloudinit", size: 4), Sample.state("a.1.4", vmid: "104"),
                Sample.volume("a.1.5", vmid: "104", storage: "hdd", size: 8),
                Sample.volume("a.1.6", vmid: "104", cluster: "prod0", size: 16),
            ],
            [
                Sample.snapshot("s.1.1", of: "a.1.1", vmid: "109", size: 32),
                Sample.snapshot("s.1.2", of: "a.1.1", "after", vmid: "109", size: 64), Sample.iso("s.1.3"),
            ])
        #expect(
            inventory.counted == [
                "prod0/nvme disk 104 1 16", "prod1/hdd disk 104 1 8", "prod1/nvme cloudinit 104 1 4",
                "prod1/nvme disk 109 2 3", "prod1/nvme iso  1 700", "prod1/nvme snapshot 109 2 96",
                "prod1/nvme vmstate 104 1 \(1 << 30)",
            ])
        #expect(
            inventory.storages == [
                StorageKey(cluster: "prod0", storage: "nvme"), StorageKey(cluster: "prod1", storage: "hdd"),
                StorageKey(cluster: "prod1", storage: "nvme"),
            ])
        #expect(inventory.found == [])
    }

    @Test("the inventory sums over all VMs if VMs have no series")
    func perVMOff() {
        let objects = [
            Sample.volume("a.1.1", vmid: "109", size: 1), Sample.volume("a.1.2", vmid: "10", size: 2),
            Sample.state("a.1.3", vmid: "109", created: 50), Sample.state("a.1.4", vmid: "10", created: 40),
        ]
        let inventory = poll(objects, scope: Scope(isPerVM: false))
        #expect(inventory.counted == ["prod1/nvme disk  2 3", "prod1/nvme vmstate  2 \(2 << 30)"])
        #expect(inventory.snapshotAges.map(\.vmid) == [""])
        #expect(inventory.snapshotAges.first?.oldest == 40)
        #expect(inventory.snapshotAges.first?.newest == 50)
    }

    @Test("absent and empty VM tags are counted in one series")
    func emptyVM() {
        let image = StorPoolObject(
            kind: .snapshot, name: "~a.1.1", globalID: "a.1.1", size: 1,
            tags: Tags(virt: "pve", cluster: "c", storage: "s", contentType: "iso"))
        var other = image
        other.tags.vmid = ""
        #expect(poll([], [image, other]).counted == ["c/s iso  2 2"])
    }

    @Test("the inventory counts objects without cluster and storage")
    func missingTags() {
        let inventory = poll([Sample.volume("a.1.1", cluster: nil, storage: nil, size: 5)])
        #expect(inventory.counted == ["/ disk 104 1 5"])
        #expect(inventory.found == ["invisible a.1.1"])
    }

    @Test("the inventory counts refused objects as invalid")
    func invalid() {
        #expect(poll([Sample.volume("a.1.1", size: 5, name: "db01")]).counted == ["prod1/nvme invalid 104 1 5"])
    }

    @Test("the ages ignore snapshots without a creation time")
    func ages() {
        let inventory = poll(
            [Sample.state("a.1.1", created: 30), Sample.volume("a.1.2", created: 1)],
            [
                Sample.snapshot("s.1.1", of: "a.1.2", created: 20),
                Sample.snapshot("s.1.2", of: "a.1.2", "x2", created: 10),
                Sample.snapshot("s.1.3", of: "a.1.2", "x3"),
                Sample.snapshot("s.1.4", of: "a.1.2", "x4", created: 1, deleted: true),
                Sample.snapshot("s.1.5", of: "a.1.5", "x5", vmid: "7"),
                Sample.snapshot("s.1.6", of: "a.1.2", "x6", created: .max),
                Sample.snapshot("s.1.7", of: "a.1.2", "x7", storage: "hdd", created: 0),
            ])
        let nvme = StorageKey(cluster: "prod1", storage: "nvme")
        #expect(inventory.snapshotAges.map(\.storageKey) == [nvme])
        #expect(inventory.snapshotAges.map(\.vmid) == ["104"])
        #expect(inventory.snapshotAges.map(\.oldest) == [10])
        #expect(inventory.snapshotAges.map(\.newest) == [.max])
    }

    @Test("the inventory counts foreign objects by kind")
    func foreign() {
        let inventory = poll(
            [Sample.foreign(.volume, "a.1.1", size: 5), Sample.foreign(.volume, "a.1.2", size: 6)],
            [Sample.foreign(.snapshot, "s.1.1", size: 7)])
        #expect(inventory.series.isEmpty)
        #expect(inventory.storages.isEmpty)
        #expect(inventory.foreignVolumes.objects == 2)
        #expect(inventory.foreignVolumes.bytes == 11)
        #expect(inventory.foreignSnapshots.objects == 1)
        #expect(inventory.foreignSnapshots.bytes == 7)
    }

    @Test("an object without the tag virt is foreign and invisible")
    func lostVirt() {
        var object = Sample.volume("a.1.1")
        object.tags.virt = nil
        let inventory = poll([object])
        #expect(inventory.foreignVolumes.objects == 1)
        #expect(inventory.found == ["invisible a.1.1"])
        #expect(inventory.findings.first?.subject.type == nil)
        #expect(inventory.findings.first?.subject.volumeName == nil)
    }

    @Test("the inventory counts snapshots being deleted separately")
    func going() {
        let inventory = poll(
            [],
            [
                Sample.snapshot("s.1.1", of: "a.1.1", size: 1, deleted: true),
                Sample.snapshot("s.1.2", of: "a.1.1", size: 2, transient: true),
                Sample.snapshot("s.1.3", of: "a.1.1", size: 4, name: "*x"),
            ])
        #expect(inventory.going.objects == 3)
        #expect(inventory.going.bytes == 7)
        #expect(inventory.series.isEmpty)
        #expect(inventory.foreignSnapshots == Tally())
        #expect(inventory.found == [])
        #expect(inventory.storages == [StorageKey(cluster: "prod1", storage: "nvme")])
    }

    @Test("the inventory reports errors of a snapshot being deleted")
    func goingError() {
        let inventory = poll([], [Sample.snapshot("s.1.1", of: nil, deleted: true)])
        #expect(inventory.found == ["missing-tag s.1.1"])
        #expect(inventory.counted == [])
    }

    @Test("excluded clusters count as foreign and have no findings")
    func clusters() {
        let inventory = poll(
            [
                Sample.volume("a.1.1", cluster: "prod1", size: 1), Sample.volume("a.1.2", cluster: "prod2", size: 2),
                Sample.volume("a.1.3", cluster: "prod2", size: 4, name: "db01"),
                Sample.volume("a.1.4", vmid: "7", cluster: nil, size: 8),
                Sample.volume("a.1.5", cluster: "Prod1", size: 16),
            ],
            [Sample.snapshot("s.1.1", of: "gone.x.y", cluster: "prod2", size: 32)],
            scope: Scope(clusters: ["prod1"]))
        #expect(inventory.counted == ["prod1/nvme disk 104 1 1"])
        #expect(inventory.storages == [StorageKey(cluster: "prod1", storage: "nvme")])
        #expect(inventory.foreignVolumes.objects == 4)
        #expect(inventory.foreignVolumes.bytes == 30)
        #expect(inventory.foreignSnapshots.objects == 1)
        // A volume without a cluster may belong to the included cluster.
        #expect(inventory.found == ["invisible a.1.4"])
    }

    @Test("the scope may have several clusters, compared by bytes")
    func severalClusters() {
        let objects = (["a", "b", "c"] as [String]).map { Sample.volume("v.1.\($0)", cluster: $0, size: 1) }
        #expect(poll(objects, scope: Scope(clusters: ["a", "c"])).series.map(\.key.storageKey.cluster) == ["a", "c"])
        // Two names that are canonically equivalent in Unicode but have different bytes.
        let accented = [Sample.volume("v.1.1", cluster: "\u{E9}"), Sample.volume("v.1.2", cluster: "e\u{301}")]
        #expect(poll(accented, scope: Scope(clusters: ["\u{E9}"])).foreignVolumes.objects == 1)
    }

    @Test("the inventory limits sums to the largest 64-bit number")
    func overflow() {
        let inventory = poll(
            [
                Sample.volume("a.1.1", size: .max), Sample.volume("a.1.2", disk: "1", size: .max),
                Sample.foreign(.volume, "a.1.3", size: .max), Sample.foreign(.volume, "a.1.4", size: 1),
            ],
            [
                Sample.snapshot("s.1.1", of: "a.1.1", size: .max, deleted: true),
                Sample.snapshot("s.1.2", of: "a.1.1", size: .max, deleted: true),
                Sample.foreign(.snapshot, "s.1.3", size: .max), Sample.foreign(.snapshot, "s.1.4", size: .max),
            ])
        #expect(inventory.counted == ["prod1/nvme disk 104 2 \(UInt64.max)"])
        #expect(
            [inventory.going, inventory.foreignVolumes, inventory.foreignSnapshots].map(\.bytes) == [.max, .max, .max])
        var tally = inventory.going
        tally.add(inventory.foreignVolumes)
        #expect(tally.bytes == .max)
        #expect(tally.objects == 4)
    }

    @Test("the inventory of no objects is empty")
    func empty() {
        #expect(Contents(poll()) == Contents(Inventory()))
    }

    @Test("the inventory does not depend on the previous inventory")
    func previous() throws {
        var random = Seeded(1)
        var previous: Inventory?
        for _ in 0..<30 {
            let (volumes, snapshots) = (RandomCluster.volumes(&random), RandomCluster.snapshots(&random))
            var builder = InventoryBuilder(scope: Scope(), previous: previous)
            for object in volumes + snapshots { try builder.add(object) }
            let inventory = try builder.finish()
            #expect(
                Contents(inventory, withDetailsOfGroups: false)
                    == Contents(poll(volumes, snapshots), withDetailsOfGroups: false))
            previous = inventory
        }
    }
}
