/// A string that is compared by its UTF-8 bytes, as Proxmox VE and StorPool compare names. `String` compares by Unicode
/// equivalence: "é" equals "e" with a combining accent.
package struct ExactString: Hashable, Comparable, Sendable {
    package let text: String

    @inlinable package init(_ text: String) {
        self.text = text
    }

    @inlinable package static func == (left: ExactString, right: ExactString) -> Bool {
        left.text.isSame(as: right.text)
    }

    @inlinable package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
        hasher.combine(0xFF as UInt8)
    }

    @inlinable package static func < (left: ExactString, right: ExactString) -> Bool {
        left.text.precedesByBytes(right.text)
    }
}

extension String {
    /// Only ASCII strings have the same length in UTF-8 and UTF-16. Takes constant time for ASCII strings.
    @inlinable package var isASCII: Bool { utf16.count == utf8.count }

    /// Whether the UTF-8 bytes are equal.
    @inlinable package func isSame(as other: String) -> Bool {
        // Fast path: these bits contain a short string itself, or the address of a long string. Consecutive objects
        // mostly share long strings.
        if unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self) == unsafeBitCast(other, to: SIMD2<UInt64>.self) {
            return true
        }
        guard utf8.count == other.utf8.count else { return false }
        // No different string of the same length is equivalent to an ASCII string, so the faster `==` is exact.
        return isASCII ? self == other : utf8.elementsEqual(other.utf8)
    }

    /// Whether this string sorts before `other` by UTF-8 bytes.
    @inlinable package func precedesByBytes(_ other: String) -> Bool {
        isASCII && other.isASCII ? self < other : utf8.lexicographicallyPrecedes(other.utf8)
    }
}
