import Inventory
import ProxmoxVE
import StorPool
import Testing

@Suite("Space inventory")
struct SpaceInventoryTests {
    private static func with(_ object: StorPoolObject, stored: UInt64?, used: UInt64? = nil) -> StorPoolObject {
        var object = object
        (object.storedSize, object.spaceUsed) = (stored, used)
        return object
    }

    private static func space(_ objects: [StorPoolObject], scope: Scope = Scope()) -> SpaceInventory {
        var builder = SpaceInventoryBuilder(scope: scope)
        do {
            for object in objects { try builder.add(object) }
        } catch {
            Issue.record(error)
        }
        return builder.finish()
    }

    /// Stored bytes as lines `storage type vmid bytes`, then reclaimable bytes as lines `storage vmid bytes`.
    private static func lines(_ space: SpaceInventory) -> [String] {
        space.stored.map { "\($0.key.storageKey.storage) \($0.key.type.text) \($0.key.vmid) \($0.bytes)" }
            + space.reclaimable.map { "\($0.storageKey.storage) \($0.vmid) \($0.bytes)" }
    }

    @Test("the space inventory sums stored and reclaimable space")
    func sums() {
        let space = Self.space([
            Self.with(Sample.volume("a.1.1"), stored: 1, used: 100),
            Self.with(Sample.volume("a.1.2", disk: "1"), stored: 2),
            Self.with(Sample.volume("a.1.3", vmid: "9"), stored: 4),
            Self.with(Sample.volume("a.1.4", storage: "hdd"), stored: 8),
            Self.with(Sample.snapshot("s.1.1", of: "a.1.1"), stored: 16, used: 5),
            Self.with(Sample.snapshot("s.1.2", of: "a.1.1", "x2"), stored: nil, used: 6),
            Self.with(Sample.snapshot("s.1.3", of: "a.1.1", "x3"), stored: 32),
            Self.with(Sample.iso("s.1.4"), stored: 64, used: 1_000),
            Self.with(Sample.state("a.1.5"), stored: 128, used: 1_000),
            Sample.volume("a.1.6", vmid: "nothing known"),
        ])
        #expect(
            Self.lines(space) == [
                "hdd disk 104 8", "nvme disk 104 3", "nvme disk 9 4", "nvme iso  64", "nvme snapshot 104 48",
                "nvme vmstate 104 128", "nvme 104 11",
            ])
    }

    @Test("the space inventory omits foreign objects and deleted ones")
    func leftOut() {
        let objects = [
            Self.with(Sample.snapshot("s.1.1", of: "a.1.1", deleted: true), stored: 1, used: 1),
            Self.with(Sample.foreign(.volume, "a.1.1"), stored: 1, used: 1),
            Self.with(Sample.volume("a.1.2", cluster: "prod2"), stored: 1, used: 1),
            Self.with(Sample.volume("a.1.3", cluster: nil), stored: 1, used: 1),
        ]
        #expect(Self.lines(Self.space(objects, scope: Scope(clusters: ["prod1"]))) == [])
    }

    @Test("the space inventory sums over all VMs if VMs have no series")
    func perVMOff() {
        let objects = (["1", "2"] as [String]).map {
            Self.with(Sample.snapshot("s.1.\($0)", of: "a.1.1", vmid: "10\($0)"), stored: 3, used: 5)
        }
        #expect(Self.lines(Self.space(objects, scope: Scope(isPerVM: false))) == ["nvme snapshot  6", "nvme  10"])
    }

    @Test("the space inventory limits sums to the largest 64-bit number")
    func overflow() {
        let objects = (1...2).map { Self.with(Sample.snapshot("s.1.\($0)", of: "a.1.1"), stored: .max, used: .max) }
        #expect(Self.lines(Self.space(objects)) == ["nvme snapshot 104 \(UInt64.max)", "nvme 104 \(UInt64.max)"])
    }

    @Test("the space inventory includes sums of zero")
    func zero() {
        let object = Self.with(Sample.snapshot("s.1.1", of: "a.1.1"), stored: 0, used: 0)
        #expect(Self.lines(Self.space([object])) == ["nvme snapshot 104 0", "nvme 104 0"])
    }
}
