import Text

/// StorPool's global ids: `[a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+`, unique across clusters.
package enum GlobalID {
    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8.span
        return isValid(bytes, 0..<bytes.count)
    }

    /// The range, in UTF-8, of the id in the name of an unnamed object. Such a name is `~` and the id. Nil for other
    /// names. A line feed at the end is excluded, because the `$` of the plugin's pattern matches before it.
    static func range(inName name: String) -> Range<Int>? {
        let bytes = name.utf8.span
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "~") else { return nil }
        let end = bytes[bytes.count - 1] == 0x0A ? bytes.count - 1 : bytes.count
        return isValid(bytes, 1..<end) ? 1..<end : nil
    }

    private static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var dots = 0
        var isEmptyPart = true
        for offset in range {
            let byte = bytes[offset]
            if byte == UInt8(ascii: ".") {
                guard !isEmptyPart, dots < 2 else { return false }
                dots += 1
                isEmptyPart = true
            } else {
                guard isPart(byte) else { return false }
                isEmptyPart = false
            }
        }
        return dots == 2 && !isEmptyPart
    }

    /// Whether a part of an id between the dots may contain the byte.
    @inline(__always)
    package static func isPart(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte.isDigit
    }
}
