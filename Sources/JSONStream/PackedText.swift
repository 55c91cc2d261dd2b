import Text

/// The first 24 bytes of a text and its length, in four machine words for fast comparison.
///
/// The comparison is exact for texts of at most ``capacity`` bytes (``isExact``). Longer texts can compare equal
/// although they differ.
package struct PackedText: Equatable, Sendable {
    @inlinable package static var capacity: Int { 24 }

    package let first: UInt64
    package let second: UInt64
    package let third: UInt64
    /// Length of the whole text in bytes.
    package let count: Int

    @inlinable package var isExact: Bool { count <= Self.capacity }

    /// Whether the text is exact and needs no escapes in JSON: ASCII without quotes, backslashes and control
    /// characters.
    package var isPlain: Bool {
        isExact
            && (0..<count).allSatisfy { index in
                let word = index < 8 ? first : index < 16 ? second : third
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
                return 0x20..<0x80 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            }
    }

    /// Written out for speed: other modules would call a synthesized operator through the conformance.
    @inlinable @inline(__always)
    package static func == (left: PackedText, right: PackedText) -> Bool {
        left.first == right.first && left.second == right.second && left.third == right.third
            && left.count == right.count
    }

    package init(_ text: String = "") {
        self.init(Array(text.utf8))
    }

    init(_ bytes: [UInt8]) {
        unsafe self.init(bytes.span.bytes, 0..<bytes.count)
    }

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
