import Text

/// Writes one JSON text (RFC 8259), compact. Characters that are not printable are escaped, so that the text shows what
/// it holds on a terminal too; other characters are written as they are.
package struct JSONWriter {
    /// What has been written.
    package private(set) var text = ""
    /// Whether the next value or name follows another one in its array or object.
    private var needsComma = false

    /// Nothing yet.
    package init() {}

    /// An object of the members that `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        container("{", "}", body)
    }

    /// An array of the values that `body` writes.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        container("[", "]", body)
    }

    /// A member's name; its value is to follow.
    package mutating func name(_ name: String) {
        separate()
        quote(name)
        text += ":"
        needsComma = false
    }

    /// A string, or null.
    package mutating func value(_ value: String?) {
        separate()
        if let value { quote(value) } else { text += "null" }
    }

    /// An integer, or null.
    package mutating func value(_ value: UInt64?) {
        separate()
        text += value.map(String.init) ?? "null"
    }

    /// `true` or `false`.
    package mutating func value(_ value: Bool) {
        separate()
        text += value ? "true" : "false"
    }

    /// A member with a string, or null.
    package mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        self.value(value)
    }

    /// A member with an integer, or null.
    package mutating func member(_ name: String, _ value: UInt64?) {
        self.name(name)
        self.value(value)
    }

    /// A member with a truth value.
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
        // Most texts are ASCII without anything to escape.
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
