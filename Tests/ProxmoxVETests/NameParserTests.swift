import ProxmoxVE
import StorPool
import Testing

@Suite("Decoding volume names")
struct NameParserTests {
    @Test(
        "a name is decoded into the parts that the plugin reads",
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
        "the error column is where the name deviates from its pattern",
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
            ("snap-1-disk-0-snap-p-a.b.c.x-sp-d.e.f.raw", 27), ("snap-1-disk-0-snap-p-A.b.c-sp-d.e.f.raw", 22),
            ("snap-1-disk-0-snap-p-a.b.c.raw", 27), ("snap-1-disk-0-snap-p-a.b.c-sp-d.e.f-sp-g.h.i.raw", 36),
            ("snap-1-disk-0-snap-p-a.b.c-sp-d.e.f.ism", 37), ("snap-1-disk-0-aa-sp-bb-p-a.b.c", 31),
            ("snap-1-disk-0-aa-sp-bb-p-a.b.c.raw", 31),
            ("snap-1-disk-0-snap-p-a.b.c-sp-d.e.f.raw.raw", 40), ("snap-1-state-Snap-sp-a.b.c.raw", 14),
            ("snap-1-state-snap.raw", 22), ("snap-1-state-snap-sp-a.b.raw", 29), ("snap-1-stat-x-sp-a.b.c.raw", 12),
            ("base-", 6), ("base-x-disk-0-sp-a.b.c.raw", 6), ("base-104-disk--sp-a.b.c.raw", 15),
            ("base-104-disk-0-a.b.c.raw", 17), ("base-104-disk-0-sp-a.b.c.iso.raw", 26),
            ("vm-", 4), ("vm--disk-0-sp-a.b.c.raw", 4), ("vm-0-disk-0-sp-a.b.c.raw", 4),
            ("vm-007-disk-0-sp-a.b.c.raw", 4), ("vm-100", 7), ("vm-100x-disk-0-sp-a.b.c.raw", 7), ("vm-100-foo", 8),
            ("vm-100-disk-x", 13), ("vm-100-disk-00-sp-a.b.c.raw", 14), ("vm-100-disk-0-sp-A.b.c.raw", 18),
            ("vm-100-disk-0-sp-a.b.c.raw.iso", 27), ("vm-100-disk-0-sp-a.b.c.raw\n\n", 27),
            ("vm-100-disk-0-sp-a.b.c", 23), ("vm-100-disk-0-sp-a.b.c.ra", 26), ("vm-100-cloudinit", 17),
            ("vm-100-cloudinit.iso", 18), ("vm-100-cloudinit-sp-a.b.raw", 28), ("vm-100-cloudinit-x.raw", 18),
            ("vm-100-cloudinot.raw", 15), ("vm-100-cloud", 13),
            ("vm-١٠٠-disk-0-sp-a.b.c.raw", 4),
        ])
    func columns(_ name: String, _ column: Int) {
        do {
            let decoded = try VolumeName.decode(name)
            Issue.record("\(decoded)")
        } catch {
            #expect(error.column == column, "\(error)")
            #expect(!error.reason.isEmpty && error.description.hasSuffix("at column \(column)"))
        }
    }

    @Test(
        "the decoding error says what was expected",
        arguments: [
            ("vm-0104-disk-0-sp-a.b.c.raw", "a VM id cannot begin with 0"),
            ("vm-104-disk-007-sp-a.b.c.raw", "a disk number cannot have leading zeros"),
            ("vm-104-state-daily-sp-a.b.c.raw", "expected disk- or cloudinit"),
            ("vm-104-cloudinit-0.raw", "expected -sp- or .raw"),
            ("vm-104-disk-0-sp-a.b.c.qcow2", "expected .raw"),
            ("vm-104-disk-0-sp-a.b.c.rawx", "unexpected text after .raw"),
            (
                "snap-1-disk-0-Snap-p-a.b.c-sp-d.e.f.raw",
                "expected a snapshot name that begins with a lower-case letter"
            ),
            ("snap-1-disk-0-snAp-p-a.b.c-sp-d.e.f.raw", "character not allowed in a snapshot name"),
            ("snap-1-disk-0-snap-p-A.b.c-sp-d.e.f.raw", "expected a global id"),
            ("snap-1-disk-0-snap-sp-d.e.f.raw", "expected -p-"),
            ("snap-1-disk-0-snap-p-a.b.c.raw", "expected -sp-"),
            ("two\nlines-sp-a.b.c.iso", "line feed inside the name"),
        ])
    func reasons(_ name: String, _ reason: String) {
        #expect(Self.refusal(name)?.reason == reason)
    }

    /// Valid names. Each has the length of the prefix that determines its pattern.
    private static let valid = [
        ("vm-104-disk-10-sp-nzkr.b.1a2.raw", 3), ("vm-104-cloudinit-sp-nzkr.b.1a2.raw", 3), ("vm-104-cloudinit.raw", 3),
        ("base-104-disk-0-sp-nzkr.b.1a2.raw", 5), ("snap-104-state-daily-sp-nzkr.b.1a2.raw", 5),
        ("snap-104-disk-0-daily-p-nzkr.b.1a1-sp-nzkr.b.1a2.raw", 5),
    ]

    @Test(
        "a truncated name is refused at its end", arguments: valid + [("img-x-sp-a.b.c.raw", 4), ("x-sp-a.b.c.iso", 0)])
    func cut(_ name: String, _ prefix: Int) {
        for length in prefix..<name.utf8.count {
            #expect(Self.refusal(String(name.prefix(length)))?.column == length + 1, "\(name.prefix(length))")
        }
    }

    @Test("a name with one invalid byte is refused at this byte", arguments: valid)
    func spoiled(_ name: String, _ prefix: Int) {
        for offset in prefix..<name.utf8.count {
            var bytes = Array(name.utf8)
            bytes[offset] = UInt8(ascii: "!")
            let spoiled = String(decoding: bytes, as: UTF8.self)
            #expect(Self.refusal(spoiled)?.column == offset + 1, "\(spoiled)")
        }
    }

    @Test("a long name full of delimiters is decoded")
    func long() throws {
        let filler = String(repeating: "-sp-p-", count: 20_000)
        #expect(try VolumeName.decode("img-\(filler)-sp-a.b.c.raw").comment == filler)
        #expect(try VolumeName.decode("snap-1-state-a\(filler)a-sp-a.b.c.raw").snapshot == "a\(filler)a")
        let unended = "snap-1-disk-0-a\(filler)"
        // The `-p-` before the final `-sp-p-` is not followed by an id.
        #expect(Self.refusal(unended)?.column == unended.utf8.count - 5)
    }

    private static func refusal(_ name: String) -> NameDecodingError? {
        do { _ = try VolumeName.decode(name) } catch { return error }
        return nil
    }

    @Test("the type of a name determines the kind of its object")
    func kinds() {
        for type in ObjectType.allCases {
            #expect(type.kind == ([.base, .snapshot, .image, .iso].contains(type) ? .snapshot : .volume))
        }
    }
}
