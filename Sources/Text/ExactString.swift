/// A text compared by its UTF-8 bytes, as Proxmox VE and StorPool compare names. `String` compares by Unicode
/// equivalence, which takes "é" and "e" with a combining accent for the same name.
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
    /// Constant-time for ASCII texts.
    @inlinable package var isASCII: Bool { utf16.count == utf8.count }

    /// Whether the UTF-8 bytes are equal.
    @inlinable package func isSame(as other: String) -> Bool {
        // Equal bits are the same short text or share the storage of a long one, as neighbours in a list mostly do.
        if unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self) == unsafeBitCast(other, to: SIMD2<UInt64>.self) {
            return true
        }
        guard utf8.count == other.utf8.count else { return false }
        // An ASCII text is equivalent to no other text of the same length, so the faster comparison is exact.
        return isASCII ? self == other : utf8.elementsEqual(other.utf8)
    }

    /// Whether the text comes first in the order of UTF-8 bytes.
    @inlinable package func precedesByBytes(_ other: String) -> Bool {
        isASCII && other.isASCII ? self < other : utf8.lexicographicallyPrecedes(other.utf8)
    }
}
