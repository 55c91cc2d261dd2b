import Text

/// The header fields of one request, in order.
package struct HeaderFields: Equatable, Sendable {
    /// Names are in lower case. Values have no blanks at either end. Bytes that are not UTF-8 become U+FFFD.
    private var lines: [Line] = []

    private struct Line: Equatable, Sendable {
        let name: String
        let value: String
    }

    package init() {}

    var count: Int { lines.count }

    /// All values of a field, joined with commas (RFC 9110 section 5.2); nil if there is no such field.
    ///
    /// - Parameter name: in lower case.
    package subscript(name: String) -> String? {
        let values = values(of: name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The value of each line with this name.
    ///
    /// - Parameter name: in lower case.
    package func values(of name: String) -> [String] {
        lines.filter { $0.name == name }.map(\.value)
    }

    /// The members, in lower case, of a field that is a list of tokens.
    func tokens(of name: String) -> [String] {
        values(of: name).flatMap { $0.quotedListMembers() }.map { $0.lowercased() }
    }

    /// Parses and adds a field line, which is given without its line end (RFC 9112 section 5).
    mutating func append(line: [UInt8]) throws(RequestFailure) {
        if let first = line.first, first.isBlank { throw .foldedField }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Grammar.isToken(line[..<colon]),
            line[colon...].allSatisfy(Grammar.isFieldValueByte)
        else { throw .malformedField }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)[...].trimmedBlanks
        lines.append(Line(name: name, value: String(value)))
    }
}
