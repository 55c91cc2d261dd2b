import System
import Testing

@Suite struct GzipCompressorTests {
    @Test("What a compressor made before does not show in what it makes next")
    func independence() throws {
        let text = [UInt8]("the same text twice".utf8)
        let compressor = try GzipCompressor()
        let first = try compressor.compress(text)
        _ = try compressor.compress(noise(100_000))
        #expect(try compressor.compress(text) == first)
        #expect(first.length == text.count)
    }

    @Test(
        "Every level compresses, and one out of range counts as the nearest", arguments: [-1, 0, 1, 6, 9, 10, Int.max])
    func levels(level: Int) throws {
        let text = [UInt8](repeating: 0x61, count: 10_000)
        let piece = try Gzip.compress(text, level: level)
        #expect(piece.deflated.count < 200)
        #expect(try inflateMember(Gzip.member(of: [piece])).bytes == text)
    }

    @Test("Bytes that do not compress grow by little")
    func incompressible() throws {
        let bytes = noise(300_000)
        let piece = try Gzip.compress(bytes)
        #expect(piece.deflated.count < 300_200)
    }

    @Test("A piece that is kept holds no more room than it needs")
    func cutToSize() throws {
        #expect(try Gzip.compress([UInt8](repeating: 0x61, count: 300_000)).deflated.capacity < 4096)
    }

    @Test("A piece ends with an empty stored block on a byte")
    func ending() throws {
        #expect(try Gzip.compress([1, 2, 3]).deflated.suffix(4) == [0, 0, 0xFF, 0xFF])
    }
}
