/// Rendering of JSON straight into bytes. Objects and lists are put together by the caller.
typealias JSONBytes = [UInt8]

extension [UInt8] {
    /// Text as it stands: punctuation, keys, words of the grammar.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Text as it stands, for pieces put together at run time.
    mutating func raw(_ text: String) { append(contentsOf: text.utf8) }

    mutating func number(_ value: UInt64) {
        var rest = value
        guard rest >= 10 else { return append(UInt8(ascii: "0") + UInt8(rest)) }
        let start = count
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }

    mutating func boolean(_ value: Bool) {
        if value { raw("true" as StaticString) } else { raw("false" as StaticString) }
    }

    /// A string with its quotes, escaped as RFC 8259 section 7 asks.
    mutating func string(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                raw("\\u00")
                append(contentsOf: [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 })
            default:
                append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
