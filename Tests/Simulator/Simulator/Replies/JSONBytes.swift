/// Appends JSON values. The caller appends the brackets, braces and commas.
extension [UInt8] {
    /// Appends the bytes of the string without quotes and escapes.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends the bytes of the string without quotes and escapes.
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

    /// Appends a quoted and escaped string (RFC 8259 section 7).
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

    /// Appends `prefix`, such as `,"size":`, and the number.
    mutating func number(_ prefix: StaticString, _ value: UInt64) {
        raw(prefix)
        number(value)
    }

    mutating func string(_ prefix: StaticString, _ value: String) {
        raw(prefix)
        string(value)
    }

    mutating func boolean(_ prefix: StaticString, _ value: Bool) {
        raw(prefix)
        boolean(value)
    }
}
