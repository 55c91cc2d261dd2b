import ProxmoxVE
import StorPool
import TestSupport
import Testing

@Suite("Volume names")
struct VolumeNameTests {
    @Test(
        "encoded names follow the plugin, not the documented format",
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

    @Test("random objects encode as in a reference encoder", arguments: 1...3 as ClosedRange<UInt64>)
    func steps(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<15_000 {
            let object = RandomObject.any(&random)
            #expect(VolumeName.encode(object) == Self.plugin(object), "\(object)")
        }
    }
}
