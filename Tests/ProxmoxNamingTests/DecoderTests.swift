import ProxmoxNaming
import StorPoolObjects
import Testing

@Suite("Decoded names")
struct DecoderTests {
    @Test(
        "say what the plugin reads out of them",
        arguments: [
            ("debian-13-sp-a.b.c.iso", DecodedName(type: .iso, comment: "debian-13", globalID: "a.b.c")),
            ("-sp-a.b.c.iso", DecodedName(type: .iso, comment: "", globalID: "a.b.c")),
            ("vm-100-disk-0-sp-a.b.c.iso", DecodedName(type: .iso, comment: "vm-100-disk-0", globalID: "a.b.c")),
            ("x-sp-a.b.c-sp-d.e.f.iso", DecodedName(type: .iso, comment: "x-sp-a.b.c", globalID: "d.e.f")),
            ("img--sp-a.b.c.raw", DecodedName(type: .image, comment: "", globalID: "a.b.c")),
            ("img-É ü-sp-a.b.c.raw", DecodedName(type: .image, comment: "É ü", globalID: "a.b.c")),
            ("img-x-sp-a.b.c.iso", DecodedName(type: .iso, comment: "img-x", globalID: "a.b.c")),
            (
                "snap-104-disk-0-before-p-a.b.c-sp-d.e.f.raw",
                DecodedName(
                    type: .snapshot, vmid: "104", disk: "0", snapshot: "before", parent: "a.b.c", globalID: "d.e.f")
            ),
            (
                "snap-1-disk-0-x-p-a.b.c-p-d.e.f-sp-g.h.i.raw",
                DecodedName(
                    type: .snapshot, vmid: "1", disk: "0", snapshot: "x-p-a.b.c", parent: "d.e.f", globalID: "g.h.i")
            ),
            (
                "snap-1-disk-0-x-sp-a.b.c-p-d.e.f-sp-g.h.i.raw",
                DecodedName(
                    type: .snapshot, vmid: "1", disk: "0", snapshot: "x-sp-a.b.c", parent: "d.e.f", globalID: "g.h.i")
            ),
            (
                "snap-104-state-before-sp-a.b.c.raw",
                DecodedName(type: .vmstate, vmid: "104", disk: "state", snapshot: "before", globalID: "a.b.c")
            ),
            ("base-104-disk-7-sp-a.b.c.raw", DecodedName(type: .base, vmid: "104", disk: "7", globalID: "a.b.c")),
            ("vm-5-disk-10-sp-a.b.c.raw", DecodedName(type: .disk, vmid: "5", disk: "10", globalID: "a.b.c")),
            ("vm-104-cloudinit.raw", DecodedName(type: .cloudinit, vmid: "104", disk: "cloudinit")),
            (
                "vm-104-cloudinit-sp-a.b.c.raw",
                DecodedName(type: .cloudinit, vmid: "104", disk: "cloudinit", globalID: "a.b.c")
            ),
            ("vm-104-cloudinit.raw\n", DecodedName(type: .cloudinit, vmid: "104", disk: "cloudinit")),
        ])
    func decoded(_ name: String, _ expected: DecodedName) throws {
        #expect(try VolumeName.decode(name) == expected)
    }

    @Test(
        "that cannot be are refused where they leave the pattern of their prefix",
        arguments: [
            ("", 1), ("foo", 4), ("foo-sp-", 8), ("foo-sp-a.b.c.raw", 14), ("foo\nbar-sp-a.b.c.iso", 4),
            ("x-sp-a.b.c.iso.iso", 15), ("x-sp-a.b.c.iso\n\n", 15), ("foo-sp-A.b.c.iso", 8), ("foo-sp-a.b.iso", 15),
            ("é-sp-a..c.iso", 9), ("vn-100-disk-0-sp-a.b.c.raw", 24),
            ("img-", 5), ("img-x.raw", 10), ("img-x-sp-a.b.raw", 17), ("img-\nx-sp-a.b.c.raw", 5),
            ("img-x-sp-a.b.c.rawx", 19), ("img-x-sp-a.b.c-sp-.raw", 19),
            ("snap-", 6), ("snap-0-disk-0-ab-p-a.b.c-sp-d.e.f.raw", 6), ("snap-1", 7), ("snap-1-foo", 8),
            ("snap-1-disk-", 13), ("snap-1-disk-00-ab-p-a.b.c-sp-d.e.f.raw", 14), ("snap-1-disk-0-", 15),
            ("snap-1-disk-0-Snap-p-a.b.c-sp-d.e.f.raw", 15), ("snap-1-disk-0-snAp-p-a.b.c-sp-d.e.f.raw", 17),
            ("snap-1-disk-0-snap_-p-a.b.c-sp-d.e.f.raw", 19), ("snap-1-disk-0-s-p-a.b.c-sp-d.e.f.raw", 16),
            ("snap-1-disk-0-snap-sp-d.e.f.raw", 19), ("snap-1-disk-0-snap-p-a.b-sp-d.e.f.raw", 25),
            ("snap-1-disk-0-snap-p-a.b.c.x-sp-d.e.f.raw", 27), ("snap-1-disk-0-snap-p-a.b.c-sp-d.e.f.ism", 37),
            ("snap-1-disk-0-snap-p-a.b.c-sp-d.e.f.raw.raw", 40), ("snap-1-state-Snap-sp-a.b.c.raw", 14),
            ("snap-1-state-snap.raw", 22), ("snap-1-state-snap-sp-a.b.raw", 29), ("snap-1-stat-x-sp-a.b.c.raw", 8),
            ("base-", 6), ("base-x-disk-0-sp-a.b.c.raw", 6), ("base-104-disk--sp-a.b.c.raw", 15),
            ("base-104-disk-0-a.b.c.raw", 17), ("base-104-disk-0-sp-a.b.c.iso.raw", 26),
            ("vm-", 4), ("vm--disk-0-sp-a.b.c.raw", 4), ("vm-0-disk-0-sp-a.b.c.raw", 4),
            ("vm-007-disk-0-sp-a.b.c.raw", 4), ("vm-100", 7), ("vm-100x-disk-0-sp-a.b.c.raw", 7), ("vm-100-foo", 8),
            ("vm-100-disk-x", 13), ("vm-100-disk-00-sp-a.b.c.raw", 14), ("vm-100-disk-0-sp-A.b.c.raw", 18),
            ("vm-100-disk-0-sp-a.b.c.raw.iso", 27), ("vm-100-disk-0-sp-a.b.c.raw\n\n", 27),
            ("vm-100-disk-0-sp-a.b.c", 23), ("vm-100-disk-0-sp-a.b.c.ra", 26), ("vm-100-cloudinit", 17),
            ("vm-100-cloudinit.iso", 18), ("vm-100-cloudinit-sp-a.b.raw", 28), ("vm-100-cloudinit-x.raw", 17),
            ("vm-١٠٠-disk-0-sp-a.b.c.raw", 4),
        ])
    func refused(_ name: String, _ column: Int) {
        do {
            let decoded = try VolumeName.decode(name)
            Issue.record("\(decoded)")
        } catch {
            #expect(error.column == column, "\(error)")
            #expect(!error.reason.isEmpty && error.description.hasSuffix("at column \(column)"))
        }
    }

    @Test("are of volumes or snapshots by their type")
    func kinds() {
        let snapshots: [ObjectType] = [.base, .snapshot, .image, .iso]
        for type in ObjectType.allCases where type != .invalid {
            #expect(DecodedName(type: type).kind == (snapshots.contains(type) ? .snapshot : .volume))
        }
    }
}
