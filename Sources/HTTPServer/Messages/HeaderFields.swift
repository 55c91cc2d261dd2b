import Text

/// The header fields of one request, in the order they came.
package struct HeaderFields: Equatable, Sendable {
    /// Names in lower case. Values without blanks at their ends; bytes that are not UTF-8 are replaced.
    package private(set) var lines: [Line] = []

    /// One field line.
    package struct Line: Equatable, Sendable {
        /// In lower case.
        package let name: String
        /// As it came, without the blanks around it.
        package let value: String
    }

    /// No fields.
    package init() {}

    /// All values of a field, joined with commas as RFC 9110 section 5.2 says; nil where there is no such field.
    ///
    /// - Parameter name: in lower case.
    package subscript(name: String) -> String? {
        let values = values(of: name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The value of each line with that name, given in lower case.
    package func values(of name: String) -> [String] {
        lines.filter { $0.name == name }.map(\.value)
    }

    /// The members of a field that is a list of tokens, in lower case.
    func tokens(of name: String) -> [String] {
        values(of: name).flatMap { $0.quotedListMembers() }.map { $0.lowercased() }
    }

    /// Takes in a line without its line end (RFC 9112 section 5).
    mutating func append(line: [UInt8]) throws(RequestFailure) {
        if let first = line.first, first.isBlank { throw .foldedField }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Grammar.isToken(line[..<colon]) else {
            throw .malformedField
        }
        var value = line[colon...].dropFirst()
        guard value.allSatisfy(Grammar.isFieldValueByte) else { throw .malformedField }
        while let first = value.first, first.isBlank { value = value.dropFirst() }
        while let last = value.last, last.isBlank { value = value.dropLast() }
        lines.append(
            Line(
                name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
                value: String(decoding: value, as: UTF8.self)))
    }
}
