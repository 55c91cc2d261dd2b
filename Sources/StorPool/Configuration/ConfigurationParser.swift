/// Parses confget's INI syntax line by line and keeps the variables of one host.
struct ConfigurationParser {
    private let file: String
    private let host: [UInt8]
    private var section = Section.top
    private var top: [String: String] = [:]
    private var own: [String: String] = [:]
    /// The variable whose value continues in the next line.
    private var continued: (name: [UInt8], value: [UInt8])?

    private enum Section {
        case top, own, foreign
    }

    init(file: String, host: [UInt8]) {
        self.file = file
        self.host = host
    }

    /// The variables of the host. If the final line ends in a backslash, its variable is not set. Only one of confget's
    /// parsers accepts such a file, and that parser does not set the variable either.
    var variables: [String: String] { top.merging(own) { _, own in own } }

    /// - Parameter line: without its line end.
    mutating func consume(_ line: ArraySlice<UInt8>, number: Int) throws(ConfigurationError) {
        guard line.count <= Bounds.lineBytes else { throw tooLong(number) }
        if let (name, value) = continued {
            continued = nil
            try append(line, to: value, of: name, number: number)
            return
        }
        if let mark = ByteOrderMark.first(of: line) {
            throw error(number, "starts with \(mark.description); save the file as UTF-8 without a byte order mark")
        }
        let text = line.trimmedStart.trimmedEnd
        guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
        if let name = Self.sectionName(text) {
            section = name.elementsEqual(host) ? .own : .foreign
            return
        }
        try assign(line.trimmedStart, number: number)
    }

    /// Returns the trimmed name if the line is `[name]`, otherwise nil. A name that consists of blanks is not trimmed,
    /// so that it matches no host.
    private static func sectionName(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else { return nil }
        let inner = text.dropFirst().dropLast()
        guard !inner.isEmpty, !inner.contains(UInt8(ascii: "]")) else { return nil }
        let trimmed = inner.trimmedStart.trimmedEnd
        return trimmed.isEmpty ? inner : trimmed
    }

    /// Parses `name = value`. A name contains neither blanks nor "=".
    private mutating func assign(_ text: ArraySlice<UInt8>, number: Int) throws(ConfigurationError) {
        let name = text.prefix { !$0.isConfigurationBlank && $0 != UInt8(ascii: "=") }
        let rest = text.dropFirst(name.count).trimmedStart
        guard rest.first == UInt8(ascii: "=") else {
            throw error(
                number,
                name.first == UInt8(ascii: "[")
                    ? "not a section: [name] must stand alone on its line" : "no \"=\" after the name")
        }
        guard !name.isEmpty else { throw error(number, "no name before \"=\"") }
        try append(rest.dropFirst().trimmedStart, to: [], of: Array(name), number: number)
    }

    /// Appends a line to a value. If the line ends in a backslash, the value continues in the next line. As in confget,
    /// blanks before a backslash are kept, and blanks at the end of the value are removed.
    private mutating func append(
        _ line: ArraySlice<UInt8>, to value: [UInt8], of name: [UInt8], number: Int
    ) throws(ConfigurationError) {
        guard value.count + line.count <= Bounds.lineBytes else { throw tooLong(number) }
        guard line.last == .backslash else {
            return try set(name, to: value + line.trimmedEnd, number: number)
        }
        continued = (name, value + line.dropLast())
    }

    private mutating func set(_ name: [UInt8], to value: [UInt8], number: Int) throws(ConfigurationError) {
        let name = String(decoding: name, as: UTF8.self)
        let value = String(decoding: value, as: UTF8.self)
        switch section {
        case .top: top[name] = value
        case .own: own[name] = value
        case .foreign: break
        }
        guard top.count + own.count <= Bounds.variables else {
            throw error(number, "more than \(Bounds.variables) variables")
        }
    }

    private func tooLong(_ number: Int) -> ConfigurationError {
        error(number, "line or value longer than \(Bounds.lineBytes) bytes")
    }

    private func error(_ number: Int, _ reason: String) -> ConfigurationError {
        .syntax(file: file, line: number, reason: reason)
    }
}
