import System
import Testing

@Suite struct GzipTests {
    private static let line = #"storpool_pve_objects{pve_cluster="a",storage="fast",object_type="disk",vmid="104"} 2"#

    @Test("Every split of a text in two pieces reads as the text, in one member")
    func allSplits() throws {
        let text = [UInt8]((Self.line + "\n" + Self.line).utf8)
        for split in 0...text.count {
            let pieces = [try Gzip.compress([UInt8](text[..<split])), try Gzip.compress([UInt8](text[split...]))]
            let (bytes, rest) = try inflateMember(Gzip.member(of: pieces))
            #expect(bytes == text && rest == 0, "split at \(split)")
        }
    }

    @Test("No pieces, or empty ones, read as nothing", arguments: 0...3)
    func empty(count: Int) throws {
        let pieces = try (0..<count).map { _ in try Gzip.compress([]) }
        let (bytes, rest) = try inflateMember(Gzip.member(of: pieces))
        #expect(bytes.isEmpty && rest == 0)
    }

    @Test("Pieces of any size and kind read as themselves", arguments: [1, 2, 65_535, 65_536, 65_537, 1_000_000])
    func sizes(count: Int) throws {
        let text = [UInt8](
            String(repeating: Self.line + "\n", count: count / Self.line.utf8.count + 1).utf8.prefix(count))
        let random = noise(count)
        let pieces = [try Gzip.compress(text), try Gzip.compress(random), try Gzip.compress(text)]
        let (bytes, rest) = try inflateMember(Gzip.member(of: pieces))
        #expect(bytes == text + random + text)
        #expect(rest == 0)
    }

    @Test("A piece may be used in several members and places")
    func reuse() throws {
        let a = try Gzip.compress([UInt8]("alpha ".utf8))
        let b = try Gzip.compress([UInt8]("beta ".utf8))
        #expect(try inflateMember(Gzip.member(of: [a, b, a])).bytes == [UInt8]("alpha beta alpha ".utf8))
        #expect(try inflateMember(Gzip.member(of: [b, b])).bytes == [UInt8]("beta beta ".utf8))
    }

    @Test("The member is header, pieces and trailer, and nothing else")
    func layout() throws {
        let piece = try Gzip.compress([UInt8](Self.line.utf8))
        let trailer = Gzip.trailer(of: [piece])
        #expect(trailer.count == Gzip.trailerLength)
        #expect(Gzip.member(of: [piece]) == Gzip.header + piece.deflated + trailer)
    }

    @Test("A wrong piece, order or count makes a member that readers refuse")
    func checked() throws {
        let a = try Gzip.compress([UInt8]("alpha".utf8))
        let b = try Gzip.compress([UInt8]("beta".utf8))
        let swapped = Gzip.header + b.deflated + a.deflated + Gzip.trailer(of: [a, b])
        let short = Gzip.header + a.deflated + Gzip.trailer(of: [a, b])
        #expect(throws: Refused(reason: "incorrect data check")) { try inflateMember(swapped) }
        #expect(throws: Refused(reason: "incorrect data check")) { try inflateMember(short) }
    }

    @Test("The length of the trailer is modulo 2^32")
    func hugeLength() throws {
        let piece = try Gzip.compress([UInt8](repeating: 0, count: 1 << 20))
        let trailer = Gzip.trailer(of: repeatElement(piece, count: 4097))
        #expect(trailer.suffix(4) == [0, 0, 0x10, 0])
    }
}
