import ProxmoxVE
import StorPool
import TestSupport
import Testing

/// Makes random names: fills the plugin's patterns with valid and invalid parts, and damages some names.
private enum RandomName {
    static let pieces = [
        "vm-", "base-", "snap-", "img-", "-disk-", "-state-", "-cloudinit", "-sp-", "-p-", "-", ".raw", ".iso", ".",
        "104", "0", "7", "00", "1", "a.b.c", "nzkr.b.1a2", "d.e.f", "before", "Before", "x", "ab_", "debian 13", "é",
        "\n", "A", "_", "\r\n", "٣", "",
    ]
    static let shapes = [
        ["V", "-sp-", "G", ".iso"], ["img-", "V", "-sp-", "G", ".raw"],
        ["snap-", "N", "-disk-", "N", "-", "S", "-p-", "G", "-sp-", "G", ".raw"],
        ["snap-", "N", "-state-", "S", "-sp-", "G", ".raw"], ["base-", "N", "-disk-", "N", "-sp-", "G", ".raw"],
        ["vm-", "N", "-disk-", "N", "-sp-", "G", ".raw"], ["vm-", "N", "-cloudinit", ".raw"],
        ["vm-", "N", "-cloudinit", "-sp-", "G", ".raw"],
    ]

    static func fill(_ piece: String, _ random: inout Seeded) -> String {
        let values: [String] =
            switch piece {
            case "N": ["104", "1", "7", "10", "0", "20"]
            case "G": ["a.b.c", "nzkr.b.1a2", "0.0.0", "sp.p.raw"]
            case "S": ["before", "ab", "a-p-b.c.d", "x-sp-a.b.c", "a1", "a__b", "disk-0-x", "a.b.c-sp-d.e.f.raw"]
            case "V": ["", "debian", "a-sp-b.c.d", "vm-104-disk-0", "é", "-sp-", "img-x", "a.b.c.iso", "\u{2028}"]
            default: [piece]
            }
        return values.randomElement(using: &random) ?? ""
    }

    static func any(_ random: inout Seeded) -> String {
        var parts = (shapes.randomElement(using: &random) ?? []).map { fill($0, &random) }
        for _ in 0..<[0, 0, 1, 1, 2, 4][Int.random(in: 0..<6, using: &random)] where !parts.isEmpty {
            let index = Int.random(in: 0..<parts.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: parts.remove(at: index)
            case 1: parts.insert(pieces.randomElement(using: &random) ?? "", at: index)
            case 2: parts[index] = pieces.randomElement(using: &random) ?? ""
            default: parts.append(pieces.randomElement(using: &random) ?? "")
            }
        }
        var scalars = Array(parts.joined().unicodeScalars)
        if Int.random(in: 0..<4, using: &random) == 0, !scalars.isEmpty {
            let index = Int.random(in: 0..<scalars.count, using: &random)
            let odd = Array("-.0a9Zz_ \n~sp".unicodeScalars)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: scalars.remove(at: index)
            case 1: scalars[index] = odd.randomElement(using: &random) ?? "x"
            default: scalars.insert(odd.randomElement(using: &random) ?? "x", at: index)
            }
        }
        var name = ""
        name.unicodeScalars.append(contentsOf: scalars)
        return name
    }
}

/// A reference decoder: the plugin's seven patterns as regular expressions, tried in the plugin's order.
private struct PatternReference {
    private typealias Build = ([String?]) -> DecodedName

    private let patterns: [(Regex<AnyRegexOutput>, Build)]

    init() throws {
        let id = #"([a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+)"#
        let vm = "([1-9][0-9]*)"
        let disk = "(0|[1-9][0-9]*)"
        let snapshot = "([a-z][a-z0-9_.-]*[a-z0-9])"
        let table: [(String, Build)] = [
            (#"([^\n]*)-sp-\#(id)\.iso"#, { DecodedName(type: .iso, comment: $0[0], globalID: $0[1]) }),
            (#"img-([^\n]*)-sp-\#(id)\.raw"#, { DecodedName(type: .image, comment: $0[0], globalID: $0[1]) }),
            (
                #"snap-\#(vm)-disk-\#(disk)-\#(snapshot)-p-\#(id)-sp-\#(id)\.raw"#,
                {
                    DecodedName(
                        type: .snapshot, vmid: $0[0], disk: $0[1], snapshot: $0[2], parent: $0[3], globalID: $0[4])
                }
            ),
            (
                #"snap-\#(vm)-state-\#(snapshot)-sp-\#(id)\.raw"#,
                { DecodedName(type: .vmstate, vmid: $0[0], disk: "state", snapshot: $0[1], globalID: $0[2]) }
            ),
            (
                #"base-\#(vm)-disk-\#(disk)-sp-\#(id)\.raw"#,
                { DecodedName(type: .base, vmid: $0[0], disk: $0[1], globalID: $0[2]) }
            ),
            (
                #"vm-\#(vm)-disk-\#(disk)-sp-\#(id)\.raw"#,
                { DecodedName(type: .disk, vmid: $0[0], disk: $0[1], globalID: $0[2]) }
            ),
            (
                #"vm-\#(vm)-cloudinit(?:-sp-\#(id))?\.raw"#,
                { DecodedName(type: .cloudinit, vmid: $0[0], disk: "cloudinit", globalID: $0[1]) }
            ),
        ]
        patterns = try table.map { (try Regex($0.0).matchingSemantics(.unicodeScalar), $0.1) }
    }

    func decode(_ name: String) -> DecodedName? {
        var scalars = Substring(name).unicodeScalars
        if scalars.last == "\n" { scalars.removeLast() }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        for (pattern, build) in patterns {
            guard let match = try? pattern.wholeMatch(in: text) else { continue }
            return build(match.output.dropFirst().map { $0.substring.map(String.init) })
        }
        return nil
    }
}

@Suite("Decoding random volume names")
struct NameParserPropertyTests {
    @Test("random names are decoded as by the plugin's patterns", arguments: 1...4 as ClosedRange<UInt64>)
    func patterns(seed: UInt64) throws {
        let reference = try PatternReference()
        var random = Seeded(seed)
        var decoded = 0
        for _ in 0..<8_000 {
            let name = RandomName.any(&random)
            let expected = reference.decode(name)
            #expect((try? VolumeName.decode(name)) == expected, "\(name.debugDescription)")
            decoded += expected == nil ? 0 : 1
        }
        #expect(decoded > 1_000 && decoded < 7_000)
    }

    @Test("an error column is inside the name or one past its end")
    func columns() {
        var random = Seeded(5)
        for _ in 0..<20_000 {
            let name = RandomName.any(&random)
            do { _ = try VolumeName.decode(name) } catch {
                #expect((1...name.utf8.count + 1).contains(error.column), "\(name.debugDescription) \(error)")
            }
        }
    }

    /// An object whose tags encode to the decoded name.
    private static func object(_ decoded: DecodedName) -> StorPoolObject {
        let id = decoded.globalID ?? "x.y.z"
        return StorPoolObject(
            kind: decoded.type.kind, name: "~" + id, globalID: id, size: 1,
            tags: Tags(
                virt: "pve", contentType: decoded.type == .iso ? "iso" : "images", vmid: decoded.vmid,
                disk: decoded.disk, base: decoded.type == .base ? "1" : nil, snapshot: decoded.snapshot,
                parent: decoded.parent, comment: decoded.comment))
    }

    @Test("a decoded name encodes to the same name")
    func nameToObject() throws {
        var random = Seeded(6)
        var count = 0
        for _ in 0..<20_000 {
            let name = RandomName.any(&random)
            guard let decoded = try? VolumeName.decode(name) else { continue }
            count += 1
            var expected = name.unicodeScalars
            if expected.last == "\n" { expected.removeLast() }
            // The encoder never writes the id of a cloud-init drive.
            if decoded.type == .cloudinit { expected = "vm-\(decoded.vmid ?? "")-cloudinit.raw".unicodeScalars }
            let encoded = try #require(VolumeName.encode(Self.object(decoded)), "\(name.debugDescription)")
            #expect(Array(encoded.unicodeScalars) == Array(expected))
        }
        #expect(count > 3_000)
    }

    @Test("an object with valid parts encodes to a decodable name")
    func objectToName() throws {
        var random = Seeded(7)
        for _ in 0..<10_000 {
            func value(_ piece: String) -> String { RandomName.fill(piece, &random) }
            let vmid = ["104", "1", "999999999"].randomElement(using: &random)
            let decoded: DecodedName =
                switch Int.random(in: 0..<7, using: &random) {
                case 0: DecodedName(type: .iso, comment: value("V"), globalID: value("G"))
                case 1: DecodedName(type: .image, comment: value("V"), globalID: value("G"))
                case 2:
                    DecodedName(
                        type: .snapshot, vmid: vmid, disk: value("N"), snapshot: value("S"), parent: value("G"),
                        globalID: value("G"))
                case 3:
                    DecodedName(type: .vmstate, vmid: vmid, disk: "state", snapshot: value("S"), globalID: value("G"))
                case 4: DecodedName(type: .base, vmid: vmid, disk: value("N"), globalID: value("G"))
                case 5: DecodedName(type: .disk, vmid: vmid, disk: value("N"), globalID: value("G"))
                default: DecodedName(type: .cloudinit, vmid: vmid, disk: "cloudinit")
                }
            let object = Self.object(decoded)
            let name = try #require(VolumeName.encode(object))
            #expect(try VolumeName.decode(name) == decoded, "\(name)")
            #expect(Classifier.objectType(of: object) == decoded.type)
        }
    }
}
