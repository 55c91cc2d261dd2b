/// A text compared by its UTF-8 bytes, as Proxmox VE and StorPool compare names. `String` compares by Unicode
/// equivalence, which takes "é" and "e" with a combining accent for the same name.
package struct ExactString: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactString, right: ExactString) -> Bool {
        left.text.isSame(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        let bytes = unsafe text.utf8.span.bytes
        var offset = 0
        repeat {
            hasher.combine(bytes.bigEndianWord(from: offset))
            offset += 8
        } while offset < bytes.byteCount
        hasher.combine(UInt8(truncatingIfNeeded: bytes.byteCount))
    }

    package static func < (left: ExactString, right: ExactString) -> Bool {
        left.text.precedesByBytes(right.text)
    }
}

extension String {
    /// Whether the UTF-8 bytes are equal.
    package func isSame(as other: String) -> Bool {
        let (left, right) = unsafe (utf8.span.bytes, other.utf8.span.bytes)
        guard left.byteCount == right.byteCount else { return false }
        for offset in stride(from: 0, to: left.byteCount, by: 8) {
            guard left.bigEndianWord(from: offset) == right.bigEndianWord(from: offset) else { return false }
        }
        return true
    }

    /// Whether the text comes first in the order of UTF-8 bytes.
    package func precedesByBytes(_ other: String) -> Bool {
        let (left, right) = unsafe (utf8.span.bytes, other.utf8.span.bytes)
        for offset in stride(from: 0, to: min(left.byteCount, right.byteCount), by: 8) {
            let (word, otherWord) = (left.bigEndianWord(from: offset), right.bigEndianWord(from: offset))
            if word != otherWord { return word < otherWord }
        }
        // Texts that differ only in NUL bytes at the end are told apart by their length.
        return left.byteCount < right.byteCount
    }
}
