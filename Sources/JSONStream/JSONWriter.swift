import Text

/// Writes one compact JSON text (RFC 8259). Characters that are not printable are escaped.
package struct JSONWriter {
    package private(set) var text = ""
    /// Whether a comma must precede the next value or name.
    private var needsComma = false

    package init() {}

    /// Writes an object with the members that `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        container("{", "}", body)
    }

    /// Writes an array with the values that `body` writes.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        container("[", "]", body)
    }

    /// Writes the name of a member. The value must be written next.
    package mutating func name(_ name: String) {
        separate()
        quote(name)
        text += ":"
        needsComma = false
    }

    package mutating func value(_ value: String?) {
        separate()
        if let value { quote(value) } else { text += "null" }
    }

    package mutating func value(_ value: UInt64?) {
        separate()
        text += value.map(String.init) ?? "null"
    }

    package mutating func value(_ value: Bool) {
        separate()
        text += value ? "true" : "false"
    }

    package mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: UInt64?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    private mutating func container(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    private mutating func quote(_ value: String) {
        // Fast path: most strings need no escapes.
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 >= 0x7F }) else {
            text += "\""
            text += value
            text += "\""
            return
        }
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isPrintable: text.unicodeScalars.append(scalar)
            default: for unit in String(scalar).utf16 { escape(unit) }
            }
        }
        text += "\""
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
