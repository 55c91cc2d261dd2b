/// The first 24 bytes of a text in three machine words, with its whole length: comparing two costs four comparisons.
///
/// Two texts of at most ``capacity`` bytes are equal exactly when their packed forms are. Longer ones compare by their
/// beginning and length only, so ``isExact`` decides whether equality means anything.
package struct PackedText: Equatable, Sendable {
    /// How many bytes are kept.
    package static let capacity = 24

    let first: UInt64
    let second: UInt64
    let third: UInt64
    /// Length of the whole text in bytes.
    package let count: Int

    /// Whether every byte is kept.
    package var isExact: Bool { count <= Self.capacity }

    /// Whether the whole text is kept and stands in JSON as it is: ASCII without quotes, backslashes and control characters.
    package var isPlain: Bool {
        isExact
            && (0..<count).allSatisfy { index in
                let word = index < 8 ? first : index < 16 ? second : third
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
                return 0x20..<0x80 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            }
    }

    /// The empty text.
    package init() {
        (first, second, third, count) = (0, 0, 0, 0)
    }

    /// Packs a text's UTF-8.
    package init(_ text: String) {
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        for (index, byte) in text.utf8.prefix(Self.capacity).enumerated() {
            let bits = UInt64(byte) << UInt64(index % 8 * 8)
            switch index / 8 {
            case 0: words.0 |= bits
            case 1: words.1 |= bits
            default: words.2 |= bits
            }
        }
        (first, second, third, count) = (words.0, words.1, words.2, text.utf8.count)
    }

    /// Packs the bytes of a range, whole words at a time where the span reaches far enough.
    @inline(__always)
    init(_ bytes: RawSpan, _ range: Range<Int>) {
        count = range.count
        first = Self.word(bytes, range.lowerBound, count)
        second = count > 8 ? Self.word(bytes, range.lowerBound + 8, count - 8) : 0
        third = count > 16 ? Self.word(bytes, range.lowerBound + 16, count - 16) : 0
    }

    @inline(__always)
    private static func word(_ bytes: RawSpan, _ offset: Int, _ count: Int) -> UInt64 {
        if count >= 8 { return bytes.word(at: offset) }
        if offset + 8 <= bytes.byteCount {
            return bytes.word(at: offset) & (1 << UInt64(count * 8) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes.byte(at: offset + index)) << UInt64(index * 8) }
        return word
    }
}
