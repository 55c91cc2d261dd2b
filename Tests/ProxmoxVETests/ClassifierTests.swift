import ProxmoxVE
import StorPool
import TestSupport
import Testing

/// Tag values and whether Perl takes them as true.
private let perlTruth: [(String?, Bool)] = [
    ("1", true), ("00", true), ("false", true), ("no", true), ("0.0", true), (" ", true), ("0", false), ("", false),
    (nil, false),
]

@Suite("Object types and volume names")
struct ClassifierTests {
    @Test("the tags decide the type")
    func types() {
        #expect(
            Sample.all.map { Classifier.objectType(of: $0) }
                == [.disk, .cloudinit, .vmstate, .base, .snapshot, .image, .iso])
        #expect(
            ObjectType.allCases.map(\.text)
                == ["disk", "cloudinit", "vmstate", "base", "snapshot", "image", "iso", "invalid"])
    }

    @Test("pve-base is tested for Perl truth", arguments: perlTruth)
    func base(_ value: String?, _ isTrue: Bool) {
        #expect(Classifier.objectType(of: Sample.base.with(\.base, value)) == (isTrue ? .base : .invalid))
        #expect(Classifier.objectType(of: Sample.disk.with(\.base, value)) == (isTrue ? .invalid : .disk))
    }

    @Test("pve-snap is tested for Perl truth", arguments: perlTruth)
    func snapshot(_ value: String?, _ isTrue: Bool) {
        #expect(Classifier.objectType(of: Sample.snapshot.with(\.snapshot, value)) == (isTrue ? .snapshot : .invalid))
        let state = Sample.vmState.with(\.snapshot, value)
        #expect(Classifier.objectType(of: state) == (isTrue ? .vmstate : .disk))
    }

    @Test("an empty pve-vm counts as present")
    func emptyVM() {
        #expect(Classifier.objectType(of: Sample.image.with(\.vmid, "")) == .invalid)
        #expect(Classifier.objectType(of: Sample.disk.with(\.vmid, "")) == .disk)
        #expect(Classifier.objectType(of: Sample.disk.with(\.vmid, nil)) == .invalid)
        #expect(Classifier.objectType(of: Sample.iso.with(\.vmid, "")) == .iso)
    }

    @Test(
        "a volume name is the plugin's, not the documented format's",
        arguments: [
            (Sample.disk.with(\.vmid, "5"), "vm-5-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.with(\.vmid, "0"), "vm-0-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.with(\.disk, "00"), "vm-104-disk-00-sp-nzkr.b.1a2.raw"),
            (Sample.cloudInit, "vm-104-cloudinit.raw"),
            (Sample.vmState, "snap-104-state-before-sp-nzkr.b.1a2.raw"),
            (Sample.snapshot.with(\.snapshot, "Up_"), "snap-104-disk-0-Up_-p-nzkr.b.17-sp-nzkr.b.1a2.raw"),
            (Sample.snapshot.with(\.parent, "XYZ"), "snap-104-disk-0-before-p-XYZ-sp-nzkr.b.1a2.raw"),
            (Sample.iso.with(\.comment, nil), "unlabeled-sp-nzkr.b.1a2.iso"),
            (Sample.iso.with(\.comment, ""), "-sp-nzkr.b.1a2.iso"),
            (Sample.image.with(\.comment, nil), "img-unlabeled-sp-nzkr.b.1a2.raw"),
            (Sample.disk.named("~nzkr.b.old"), "vm-104-disk-0-sp-nzkr.b.old.raw"),
            (Sample.base.named("~nzkr.b.old"), "base-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.base.named("golden"), "base-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.with(\.contentType, "rootdir"), "vm-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.with(\.contentType, "vztmpl"), nil), (Sample.disk.with(\.contentType, "backup"), nil),
            (Sample.base.with(\.base, "false"), "base-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.iso.with(\.base, "0"), nil), (Sample.image.with(\.base, "0"), nil),
            (Sample.disk.with(\.snapshot, "0"), "vm-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.with(\.parent, "x"), "vm-104-disk-0-sp-nzkr.b.1a2.raw"),
            (Sample.disk.named("db01"), nil), (Sample.disk.with(\.disk, ""), nil),
            (Sample.snapshot.asDeleted, "snap-104-disk-0-before-p-nzkr.b.17-sp-nzkr.b.1a2.raw"),
            (Sample.snapshot.named("*gone"), "snap-104-disk-0-before-p-nzkr.b.17-sp-nzkr.b.1a2.raw"),
            (Sample.snapshot.asOtherKind, nil),
            (Sample.disk.with(\.cluster, "").with(\.storage, "").with(\.virt, ""), "vm-104-disk-0-sp-nzkr.b.1a2.raw"),
        ] as [(StorPoolObject, String?)])
    func documented(_ object: StorPoolObject, _ name: String?) {
        #expect(VolumeName.encode(object) == name)
    }

    /// A reference encoder that follows the plugin's steps one by one.
    private static func plugin(_ object: StorPoolObject) -> String? {
        func full(_ text: String?) -> Bool { text != nil && text != "" }
        func isTrue(_ text: String?) -> Bool { full(text) && text != "0" }
        let tags = object.tags
        let isSnapshot = object.kind == .snapshot
        var id = object.globalID
        if !isSnapshot {
            guard let match = object.name.wholeMatch(of: /~([a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+)\n?/) else { return nil }
            id = String(match.1)
        }
        if tags.contentType == "iso" {
            if full(tags.vmid) || full(tags.base) || full(tags.snapshot) || full(tags.parent) || !isSnapshot {
                return nil
            }
            return (tags.comment ?? "unlabeled") + "-sp-" + id + ".iso"
        }
        guard tags.contentType == "images" || tags.contentType == "rootdir" else { return nil }
        guard let vm = tags.vmid else {
            if full(tags.base) || full(tags.snapshot) || full(tags.parent) || !isSnapshot { return nil }
            return "img-" + (tags.comment ?? "unlabeled") + "-sp-" + id + ".raw"
        }
        if isTrue(tags.base) {
            guard !full(tags.snapshot), !full(tags.parent), isSnapshot, full(tags.disk) else { return nil }
            return "base-" + vm + "-disk-" + (tags.disk ?? "") + "-sp-" + id + ".raw"
        }
        if isTrue(tags.snapshot) {
            guard full(tags.disk) else { return nil }
            if tags.disk == "state" {
                if isSnapshot || full(tags.parent) { return nil }
                return "snap-" + vm + "-state-" + (tags.snapshot ?? "") + "-sp-" + id + ".raw"
            }
            guard isSnapshot, full(tags.parent) else { return nil }
            let parts = [vm, "-disk-", tags.disk ?? "", "-", tags.snapshot ?? "", "-p-", tags.parent ?? ""]
            return "snap-" + parts.joined() + "-sp-" + id + ".raw"
        }
        guard !isSnapshot, full(tags.disk) else { return nil }
        if tags.disk == "cloudinit" { return "vm-" + vm + "-cloudinit.raw" }
        return "vm-" + vm + "-disk-" + (tags.disk ?? "") + "-sp-" + id + ".raw"
    }

    @Test("any object encodes as the reference encoder does", arguments: 1...3 as ClosedRange<UInt64>)
    func steps(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<15_000 {
            let object = RandomObject.any(&random)
            #expect(VolumeName.encode(object) == Self.plugin(object), "\(object)")
        }
    }

    @Test("an object has an error exactly if the plugin refuses it", arguments: 4...6 as ClosedRange<UInt64>)
    func errorsAndRefusals(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<15_000 {
            var object = RandomObject.any(&random)
            object.isDeleted = Int.random(in: 0..<8, using: &random) == 0
            let name = VolumeName.encode(object)
            let classification = Classifier.classify(object)
            let reasons = classification.anomalies.map(\.reason)
            let hasError = reasons.contains { $0.severity == .error }
            #expect((classification.objectType == .invalid) == (name == nil), "\(object)")
            #expect(classification.objectType == Classifier.objectType(of: object))
            #expect(Set(reasons).count == reasons.count)
            switch object.tags.contentType {
            case "images", "rootdir", "iso": #expect(hasError == (name == nil), "\(object)")
            case "backup": #expect(hasError)
            default: #expect(reasons.contains(.invisible) == !object.isGoing && !hasError)
            }
            if object.isGoing { #expect(reasons.allSatisfy { $0.severity == .error }) }
        }
    }

    @Test("a name is undecodable exactly if decoding it fails", arguments: 7...9 as ClosedRange<UInt64>)
    func decodability(seed: UInt64) {
        var random = Seeded(seed)
        var undecodable = 0
        for _ in 0..<15_000 {
            let object = RandomObject.any(&random)
            guard let name = VolumeName.encode(object), !object.isGoing else { continue }
            let isDecodable = (try? VolumeName.decode(name)) != nil
            let reasons = Classifier.classify(object).anomalies.map(\.reason)
            #expect(reasons.contains(.undecodableName) == !isDecodable, "\(object)")
            undecodable += isDecodable ? 0 : 1
        }
        #expect(undecodable > 500)
    }
}
