import CShims
import System
import Testing

@Suite struct GzipTests {
    private static let line = #"storpool_pve_objects{pve_cluster="a",storage="fast",object_type="disk",vmid="104"} 2"#

    @Test("Two parts of a text form one gzip member for every split")
    func allSplits() throws {
        let text = [UInt8]((Self.line + "\n" + Self.line).utf8)
        for split in 0...text.count {
            let parts = [Gzip.compress([[UInt8](text[..<split])]), Gzip.compress([[UInt8](text[split...])])]
            #expect(try inflated(Gzip.member(parts)) == text, "split at \(split)")
        }
    }

    @Test(
        "No parts or empty parts form an empty gzip member",
        arguments: [[], [Gzip.compress([])], [Gzip.compress([[], []])]])
    func empty(parts: [Gzip.Part]) throws {
        #expect(try inflated(Gzip.member(parts)).isEmpty)
    }

    @Test("Text and random bytes of any size are compressed", arguments: [1, 2, 65_535, 65_536, 65_537, 1_000_000])
    func sizes(count: Int) throws {
        let text = [UInt8](
            String(repeating: Self.line + "\n", count: count / Self.line.utf8.count + 1).utf8.prefix(count))
        let random = noise(count)
        let member = Gzip.member([Gzip.compress([text, [], random]), Gzip.compress([random])])
        #expect(try inflated(member) == text + random + random)
    }

    @Test("A part can be used in several gzip members and places")
    func reuse() throws {
        let (alpha, beta) = (Gzip.compress([Array("alpha ".utf8)]), Gzip.compress([Array("beta ".utf8)]))
        #expect(try inflated(Gzip.member([alpha, beta, alpha])) == Array("alpha beta alpha ".utf8))
        #expect(try inflated(Gzip.member([beta, beta])) == Array("beta beta ".utf8))
    }

    @Test("A page shrinks, and random bytes grow only slightly")
    func ratio() {
        let text = [UInt8](String(repeating: Self.line + "\n", count: 1_000).utf8)
        #expect(Gzip.member([Gzip.compress([text])]).joined().count < text.count / 20)
        #expect(Gzip.member([Gzip.compress([noise(300_000)])]).joined().count < 300_300)
    }

    @Test("The gzip trailer has the length modulo 2^32")
    func hugeLength() throws {
        let part = Gzip.compress([[UInt8](repeating: 0, count: 1 << 20)])
        #expect(Gzip.member(Array(repeating: part, count: 4_097)).last?.suffix(4) == [0, 0, 0x10, 0])
    }

    /// Decompresses one gzip member with zlib, which checks CRC and length. No bytes may follow the member.
    private func inflated(_ member: [[UInt8]]) throws -> [UInt8] {
        var stream = z_stream()
        // Adding 16 to the window bits accepts only the gzip format.
        try #require(inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(&stream) }
        var input = Array(member.joined())
        var output = [UInt8](repeating: 0, count: 4 << 20)
        return try input.withUnsafeMutableBufferPointer { input in
            try output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                try #require(inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0)
                return Array(output[..<(output.count - Int(stream.avail_out))])
            }
        }
    }

    /// Bytes that do not compress, the same in every run (xorshift).
    private func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }
}
