import JSONStream
import TestSupport
import Testing

@Suite("Packed texts")
struct PackedTextTests {
    @Test("packed texts up to the capacity differ if the texts differ")
    func equality() {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let texts = (0...PackedText.capacity).flatMap { count -> [String] in
            let text = String(letters.prefix(count))
            return [text, text.uppercased(), String(text.reversed()), String(text.dropLast()) + "é"]
        }.filter { $0.utf8.count <= PackedText.capacity }
        for left in texts {
            for right in texts { #expect((PackedText(left) == PackedText(right)) == (left == right)) }
        }
    }

    @Test("packed texts distinguish a NUL byte from the end of the text")
    func nul() {
        #expect(PackedText("a") != PackedText("a\0"))
        #expect(PackedText("") != PackedText("\0"))
        #expect(PackedText() == PackedText(""))
    }

    @Test("packed texts are exact if they contain the whole text")
    func exact() {
        let full = String(repeating: "x", count: PackedText.capacity)
        #expect(PackedText(full).isExact)
        #expect(!PackedText(full + "y").isExact)
        #expect(PackedText(full + "y").count == PackedText.capacity + 1)
        #expect(PackedText("").isExact)
    }

    @Test(
        "a packed text is the same from a string and from any split",
        arguments: [0, 1, 7, 8, 9, 16, 23, 24, 25])
    func read(_ length: Int) {
        let text = String("abcdefghijklmnopqrstuvwxyz".prefix(length))
        let before = [#""#, "[1,"].map { Array($0.utf8) }
        for prefix in before {
            let isArray = !prefix.isEmpty
            let bytes = prefix + Array("\"\(text)\"".utf8) + (isArray ? [0x5D] : [])
            for pieces in cuts(of: bytes) { #expect(Self.packed(pieces) == PackedText(text), "\(pieces)") }
        }
    }

    @Test("packed texts contain decoded escapes")
    func escaped() {
        #expect(Self.packed([Array(#""pve\u002dvm""#.utf8)]) == PackedText("pve-vm"))
    }

    private static func packed(_ pieces: [[UInt8]]) -> PackedText? {
        var reader = JSONReader()
        var found: PackedText?
        for piece in pieces {
            while let token = try? reader.next(in: piece.span.bytes), token != .needsMore {
                if token == .string { found = reader.packedText(in: piece.span.bytes) }
            }
        }
        return found
    }
}
