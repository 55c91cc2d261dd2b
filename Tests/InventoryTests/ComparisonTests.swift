import Inventory
import ProxmoxVE
import StorPool
import TestSupport
import Testing

/// Volumes, snapshots, and the anomalies that a comparison of these objects must find.
struct Compared: Sendable, CustomTestStringConvertible {
    let name: String
    let volumes: [StorPoolObject]
    let snapshots: [StorPoolObject]
    let found: [String]

    init(_ name: String, _ volumes: [StorPoolObject], _ snapshots: [StorPoolObject] = [], finds found: String...) {
        (self.name, self.volumes, self.snapshots, self.found) = (name, volumes, snapshots, found)
    }

    var testDescription: String { name }

    private static let disk = Sample.volume("a.1.1")

    static let volumesOnly: [Compared] = [
        Compared("one cloud-init volume", [Sample.volume("a.1.1", disk: "cloudinit")]),
        Compared(
            "two cloud-init volumes of a VM",
            [Sample.volume("a.1.1", disk: "cloudinit"), Sample.volume("a.1.2", disk: "cloudinit")],
            finds: "duplicate-cloudinit a.1.1", "duplicate-cloudinit a.1.2"),
        Compared(
            "cloud-init volumes of a VM on three storages",
            (["hdd", "nvme", "ssd"] as [String]).map { Sample.volume("a.1.\($0)", disk: "cloudinit", storage: $0) },
            finds: "duplicate-cloudinit a.1.hdd", "duplicate-cloudinit a.1.nvme", "duplicate-cloudinit a.1.ssd"),
        Compared(
            "cloud-init volumes of two clusters",
            (["prod1", "prod2"] as [String]).map { Sample.volume("a.1.\($0)", disk: "cloudinit", cluster: $0) }),
        Compared(
            "cloud-init volumes of two VMs",
            (["104", "105"] as [String]).map { Sample.volume("a.1.\($0)", vmid: $0, disk: "cloudinit") }),
        Compared(
            "cloud-init volumes without a VM",
            (["1", "2"] as [String]).map { Sample.volume("a.1.\($0)", vmid: "", disk: "cloudinit") }),
        Compared(
            "cloud-init volumes without a cluster",
            (["1", "2"] as [String]).map { Sample.volume("a.1.\($0)", disk: "cloudinit", cluster: nil) }),
        Compared("two disks of a VM", [disk, Sample.volume("a.1.2", disk: "1")]),
        Compared(
            "two volumes with the same disk number", [disk, Sample.volume("a.1.2")], finds: "duplicate-disk a.1.1",
            "duplicate-disk a.1.2"),
        Compared(
            "the same disk number on two storages", [disk, Sample.volume("a.1.2", storage: "hdd")],
            finds: "duplicate-disk a.1.1",
            "duplicate-disk a.1.2"),
        Compared("the same disk number in two clusters", [disk, Sample.volume("a.1.2", cluster: "prod2")]),
        Compared("the same disk number of two VMs", [disk, Sample.volume("a.1.2", vmid: "105")]),
        Compared(
            "disks with letters instead of a number",
            (["1", "2"] as [String]).map { Sample.volume("a.1.\($0)", disk: "efi") }),
        Compared("two VM states", [Sample.state("a.1.1"), Sample.state("a.1.2")]),
        Compared(
            "five volumes with the same disk number", (1...5).map { Sample.volume("a.1.\($0)") },
            finds: "duplicate-disk a.1.1",
            "duplicate-disk a.1.2", "duplicate-disk a.1.3", "duplicate-disk a.1.4", "duplicate-disk a.1.5"),
        Compared(
            "a disk and a named volume with the same disk number", [disk, Sample.volume("a.1.2", name: "db01")],
            finds: "duplicate-disk a.1.1",
            "duplicate-disk a.1.2"),
        Compared("a disk and a foreign volume", [disk, Sample.foreign(.volume, "a.1.2")]),
    ]

    static let snapshotsToo: [Compared] = [
        Compared("a snapshot of a volume", [disk], [Sample.snapshot("s.1.1", of: "a.1.1")]),
        Compared(
            "two snapshots with the same name", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1")],
            finds: "duplicate-snapshot s.1.1", "duplicate-snapshot s.1.2"),
        Compared(
            "three snapshots with the same name", [disk], (1...3).map { Sample.snapshot("s.1.\($0)", of: "a.1.1") },
            finds: "duplicate-snapshot s.1.1", "duplicate-snapshot s.1.2", "duplicate-snapshot s.1.3"),
        Compared(
            "two snapshots with different names", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", "Before")]),
        Compared(
            "the same name on snapshots of two volumes", [disk, Sample.volume("a.1.2", disk: "1")],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.2")]),
        Compared(
            "the same name on two storages", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", storage: "hdd")],
            finds: "storage-mismatch s.1.2"),
        Compared(
            "the same name in two clusters", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", cluster: "prod2")],
            finds: "storage-mismatch s.1.2"),
        Compared(
            "the same name twice, one deleted", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", deleted: true)],
            finds: "duplicate-snapshot s.1.1"),
        Compared(
            "the same name twice, one transient", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", transient: true)],
            finds: "duplicate-snapshot s.1.1"),
        Compared(
            "the same name three times, one deleted", [disk],
            [
                Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", deleted: true),
                Sample.snapshot("s.1.3", of: "a.1.1"),
            ],
            finds: "duplicate-snapshot s.1.1", "duplicate-snapshot s.1.3"),
        Compared(
            "the same name twice, both deleted", [disk],
            [
                Sample.snapshot("s.1.1", of: "a.1.1", deleted: true),
                Sample.snapshot("s.1.2", of: "a.1.1", deleted: true),
            ]),
        Compared(
            "the same name twice, one deleted and with *", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", deleted: true, name: "*s")]),
        Compared(
            "the same name twice, one deleted on another storage", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", storage: "x", deleted: true)]),
        Compared(
            "the same name twice, one with *", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "a.1.1", name: "*s")]),
        Compared("an orphan", [disk], [Sample.snapshot("s.1.1", of: "a.1.9")], finds: "orphan-snapshot s.1.1"),
        Compared("an orphan being deleted", [disk], [Sample.snapshot("s.1.1", of: "a.1.9", transient: true)]),
        Compared(
            "two orphans with the same name", [],
            [Sample.snapshot("s.1.1", of: "a.1.9"), Sample.snapshot("s.1.2", of: "a.1.9")],
            finds: "duplicate-snapshot s.1.1", "duplicate-snapshot s.1.2", "orphan-snapshot s.1.1",
            "orphan-snapshot s.1.2"),
        Compared(
            "a snapshot of a reverted volume", [Sample.volume("a.1.1", globalID: "a.1.7")],
            [Sample.snapshot("s.1.1", of: "a.1.1")]),
        Compared(
            "a snapshot of the new global id of a reverted volume", [Sample.volume("a.1.1", globalID: "a.1.7")],
            [Sample.snapshot("s.1.1", of: "a.1.7")], finds: "orphan-snapshot s.1.1"),
        Compared(
            "a snapshot of a foreign volume", [Sample.foreign(.volume, "a.1.1")],
            [Sample.snapshot("s.1.1", of: "a.1.1")], finds: "storage-mismatch s.1.1"),
        Compared(
            "a snapshot of a named volume", [Sample.volume("a.1.1", name: "db01")],
            [Sample.snapshot("s.1.1", of: "a.1.1")]),
        Compared(
            "a snapshot of a volume of another cluster", [Sample.volume("a.1.1", cluster: "prod2")],
            [Sample.snapshot("s.1.1", of: "a.1.1")], finds: "storage-mismatch s.1.1"),
        Compared(
            "a snapshot and a volume without a storage", [Sample.volume("a.1.1", storage: "")],
            [Sample.snapshot("s.1.1", of: "a.1.1", storage: nil)]),
        Compared(
            "a snapshot without the storage of its volume", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1", storage: nil)], finds: "storage-mismatch s.1.1"),
        Compared(
            "a deleted snapshot on another storage", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1", storage: "hdd", deleted: true)]),
        Compared(
            "a snapshot of another VM on another storage", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1", vmid: "105", storage: "hdd")], finds: "owner-mismatch s.1.1",
            "storage-mismatch s.1.1"),
        Compared(
            "a base and a disk", [disk], [Sample.base("b.1.1")], finds: "base-and-disk a.1.1", "base-and-disk b.1.1"),
        Compared(
            "a base and a disk on another storage", [disk], [Sample.base("b.1.1", storage: "hdd")],
            finds: "base-and-disk a.1.1", "base-and-disk b.1.1"),
        Compared(
            "two bases and a disk", [disk], [Sample.base("b.1.1"), Sample.base("b.1.2")],
            finds: "base-and-disk a.1.1", "base-and-disk b.1.1", "base-and-disk b.1.2"),
        Compared(
            "a base and two disks", [disk, Sample.volume("a.1.2")], [Sample.base("b.1.1")],
            finds: "base-and-disk a.1.1", "base-and-disk a.1.2", "base-and-disk b.1.1", "duplicate-disk a.1.1",
            "duplicate-disk a.1.2"),
        Compared("two bases", [], [Sample.base("b.1.1"), Sample.base("b.1.2")]),
        Compared("a base and a disk of another VM", [disk], [Sample.base("b.1.1", vmid: "105")]),
        Compared("a base and another disk", [disk], [Sample.base("b.1.1", disk: "1")]),
        Compared("a base and a disk of another cluster", [disk], [Sample.base("b.1.1", cluster: "prod2")]),
        Compared("a deleted base and a disk", [disk], [Sample.base("b.1.1", deleted: true)]),
        Compared("a base and a named volume", [Sample.volume("a.1.1", name: "db01")], [Sample.base("b.1.1")]),
        Compared(
            "a base and a disk with letters instead of a number", [Sample.volume("a.1.1", disk: "efi")],
            [Sample.base("b.1.1", disk: "efi")]),
        Compared(
            "a snapshot of a snapshot", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1"), Sample.snapshot("s.1.2", of: "s.1.1")],
            finds: "orphan-snapshot s.1.2"),
        Compared(
            "a snapshot of another VM", [disk], [Sample.snapshot("s.1.1", of: "a.1.1", vmid: "105")],
            finds: "owner-mismatch s.1.1"),
        Compared(
            "a snapshot of another VM being deleted", [disk],
            [Sample.snapshot("s.1.1", of: "a.1.1", vmid: "105", deleted: true)]),
        Compared("a snapshot without a VM", [disk], [Sample.snapshot("s.1.1", of: "a.1.1", vmid: "")]),
        Compared("an ISO", [disk], [Sample.iso("s.1.1")]),
        Compared("an invalid snapshot with an unknown parent", [], [Sample.snapshot("s.1.1", of: "a.1.9", nil)]),
    ]
}

@Suite("Comparison of objects")
struct ComparisonTests {
    @Test("the comparison finds only the expected anomalies", arguments: Compared.volumesOnly + Compared.snapshotsToo)
    func found(_ sample: Compared) {
        #expect(poll(sample.volumes, sample.snapshots).compared == sample.found)
        #expect(poll(sample.volumes.reversed(), sample.snapshots.reversed()).compared == sample.found)
    }

    @Test(
        "the comparison describes the object of each finding",
        arguments: Compared.volumesOnly + Compared.snapshotsToo)
    func subjects(_ sample: Compared) {
        for finding in poll(sample.volumes, sample.snapshots).findings {
            let object = (sample.volumes + sample.snapshots).first {
                $0.kind == finding.subject.kind && $0.proxmoxID == finding.subject.globalID
            }
            guard let object else {
                Issue.record("\(finding)")
                continue
            }
            #expect(finding.subject == Subject(object, Classifier.objectType(of: object)))
        }
    }

    @Test("the comparison describes each finding in random clusters", arguments: 1...3 as ClosedRange<UInt64>)
    func subjectsAtRandom(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<100 {
            let (volumes, snapshots) = (RandomCluster.volumes(&random), RandomCluster.snapshots(&random))
            for finding in poll(volumes, snapshots).findings where finding.anomaly.reason.comparesObjects {
                let object = (volumes + snapshots).first {
                    $0.kind == finding.subject.kind && $0.proxmoxID == finding.subject.globalID
                }
                #expect(object.map { Subject($0, Classifier.objectType(of: $0)) } == finding.subject)
            }
        }
    }

    @Test("a detail names the other members of the group")
    func details() {
        let three = poll((1...3).map { Sample.volume("a.1.\($0)") })
        let first = three.findings.first { $0.subject.globalID == "a.1.1" }?.anomaly.detail ?? ""
        #expect(first.contains("a.1.2, a.1.3") && !first.contains("more"))
        let six = poll((1...6).map { Sample.volume("a.1.\($0)", disk: "cloudinit") })
        for finding in six.findings { #expect(finding.anomaly.detail.contains("and 2 more"), "\(finding)") }
        let mismatch = poll([Sample.volume("a.1.1")], [Sample.snapshot("s.1.1", of: "a.1.1", vmid: "105")])
        let detail = mismatch.findings.first?.anomaly.detail ?? ""
        #expect(["104", "105", "a.1.1"].allSatisfy(detail.contains))
    }

    @Test("the comparison uses volumes of excluded clusters")
    func scope() {
        let inventory = poll(
            [Sample.volume("a.1.1", vmid: "7", cluster: "prod2")], [Sample.snapshot("s.1.1", of: "a.1.1")],
            scope: Scope(clusters: ["prod1"]))
        #expect(inventory.compared == ["storage-mismatch s.1.1"])
        let detail = inventory.findings.first?.anomaly.detail ?? ""
        #expect(detail.contains("pve-loc is \"prod1\", but pve-loc of its volume is \"prod2\""), "\(detail)")
    }

    @Test("the comparison limits the length of details")
    func longTexts() {
        let long = String(repeating: "x", count: 5_000)
        let inventory = poll(
            [Sample.volume("a", vmid: long, storage: long, name: long, globalID: long)],
            (0..<4).map { Sample.snapshot("\($0)\(long)", of: long, long, cluster: long) })
        #expect(Set(inventory.findings.map(\.anomaly.reason)).isSuperset(of: [.duplicateSnapshot, .storageMismatch]))
        for finding in inventory.findings { #expect(finding.anomaly.detail.utf8.count < 700, "\(finding.anomaly)") }
    }

    @Test("the comparison finds nothing in excluded clusters")
    func otherClusters() {
        let inventory = poll(
            [Sample.volume("a.1.1", cluster: "prod2"), Sample.volume("a.1.2", cluster: "prod2")],
            [Sample.snapshot("s.1.1", of: "gone.1.1", cluster: "prod2")], scope: Scope(clusters: ["prod1"]))
        #expect(inventory.compared == [])
    }

    @Test("the comparison distinguishes VMs that have no series")
    func perVMOff() {
        let volumes = [Sample.volume("a.1.1"), Sample.volume("a.1.2"), Sample.volume("a.1.3", vmid: "105")]
        #expect(
            poll(volumes, scope: Scope(isPerVM: false)).compared == ["duplicate-disk a.1.1", "duplicate-disk a.1.2"])
    }

    @Test("the comparison finds an object that StorPool lists twice")
    func listedTwice() {
        let inventory = poll([Sample.volume("a.1.1"), Sample.volume("a.1.1")])
        #expect(inventory.compared == ["duplicate-disk a.1.1", "duplicate-disk a.1.1"])
        #expect(inventory.findings.allSatisfy { $0.anomaly.detail.contains("lists 2 times") })
    }

    @Test("the comparison distinguishes a thousand VMs")
    func manyGroups() {
        let volumes = (0..<3_000).map { number in
            Sample.volume("a.\(number).b", vmid: "\(number / 3)", disk: "\(number % 3 == 2 ? 1 : 0)")
        }
        #expect(poll(volumes).compared.count == 2_000)
    }
}

@Suite("Order of lists")
struct OrderTests {
    @Test("the inventory does not depend on the order of objects", arguments: 1...4 as ClosedRange<UInt64>)
    func permutation(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<60 {
            let (volumes, snapshots) = (RandomCluster.volumes(&random), RandomCluster.snapshots(&random))
            let expected = Contents(poll(volumes, snapshots), withDetailsOfGroups: false)
            for _ in 0..<4 {
                let shuffled = poll(volumes.shuffled(using: &random), snapshots.shuffled(using: &random))
                #expect(Contents(shuffled, withDetailsOfGroups: false) == expected)
            }
        }
    }

    @Test("the inventory does not depend on which list is read first", arguments: 5...6 as ClosedRange<UInt64>)
    func listsSwapped(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<60 {
            let (volumes, snapshots) = (RandomCluster.volumes(&random), RandomCluster.snapshots(&random))
            #expect(
                Contents(poll(snapshots, volumes), withDetailsOfGroups: false)
                    == Contents(poll(volumes, snapshots), withDetailsOfGroups: false))
        }
    }
}
