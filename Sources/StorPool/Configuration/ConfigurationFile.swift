/// A file of StorPool's configuration and its content.
package struct ConfigurationFile: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case bytes([UInt8])
        /// The file does not exist. This is not an error if other sources set the variables.
        case absent
        /// The reason, such as `Permission denied`.
        case unreadable(String)
    }

    /// The path shown in messages.
    package let name: String
    package let content: Content

    package init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// Selects the files of a configuration directory that apply, and sorts them in the order in which they apply. As
    /// in StorPool's client, their names end in `.conf` and do not start with a dot. They are sorted by bytes (`B.conf`
    /// before `a.conf`).
    package static func applicable(_ entries: some Sequence<[UInt8]>) -> [[UInt8]] {
        entries
            .filter { $0.suffix(5).elementsEqual(".conf".utf8) && $0.first != UInt8(ascii: ".") }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Returns the variables of the file for a host (`uname -n`). The section `[host]` overrides the unnamed section at
    /// the top. Returns no variables if the file does not exist.
    ///
    /// Errors: `.syntax`, `.unreadable`.
    package func variables(host: String) throws(ConfigurationError) -> [String: String] {
        switch content {
        case .bytes(let bytes): try Self.parse(bytes, name: name, host: host)
        case .absent: [:]
        case .unreadable(let reason): throw .unreadable(file: name, reason: reason)
        }
    }

    /// Parses the syntax of confget(1). A file is accepted if any of confget's parsers accepts it. Bytes that are not
    /// UTF-8 become U+FFFD, so that a comment in Latin-1 is not an error.
    package static func parse(
        _ bytes: [UInt8], name: String, host: String
    ) throws(ConfigurationError) -> [String: String] {
        guard bytes.count <= Bounds.fileBytes else {
            throw .unreadable(file: name, reason: "larger than \(Bounds.fileBytes) bytes")
        }
        var parser = ConfigurationParser(file: name, host: Array(host.utf8))
        var lines = ConfigurationLines(bytes)
        while let line = lines.next() {
            try parser.consume(line, number: lines.number)
        }
        return parser.variables
    }
}
