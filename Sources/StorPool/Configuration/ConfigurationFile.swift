/// A file of StorPool's configuration, as far as it could be read.
package struct ConfigurationFile: Equatable, Sendable {
    /// What was found under the name.
    package enum Content: Equatable, Sendable {
        /// The bytes, at most `Bounds.fileBytes` of them to be accepted.
        case bytes([UInt8])
        /// Nothing by that name: no error as long as the variables come from elsewhere.
        case absent
        /// Something that cannot be read, and why, such as `Permission denied`.
        case unreadable(String)
    }

    /// The path, as messages show it.
    package let name: String
    /// What is there.
    package let content: Content

    /// - Parameter name: the path, as messages show it.
    package init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// The entries of a configuration directory that count, in the order in which they apply: names that end in
    /// `.conf` and do not start with a dot, by code point (`B.conf` before `a.conf`), as the official client has it.
    package static func applicable(_ entries: some Sequence<[UInt8]>) -> [[UInt8]] {
        entries
            .filter { $0.suffix(5).elementsEqual(".conf".utf8) && $0.first != UInt8(ascii: ".") }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The variables that the file sets for `host` (`uname -n`): those of the unnamed section at its top, and over
    /// them those of the section `[host]`. Empty when there is no such file.
    ///
    /// Errors: `.syntax`, `.unreadable`.
    package func variables(host: String) throws(ConfigurationError) -> [String: String] {
        switch content {
        case .bytes(let bytes): try Self.parse(bytes, name: name, host: host)
        case .absent: [:]
        case .unreadable(let reason): throw .unreadable(file: name, reason: reason)
        }
    }

    /// The variables that `bytes` set for `host`; `name` is for the messages.
    ///
    /// The syntax is confget's (`confget(1)`), and whatever one of its parsers takes is taken. Bytes that are not
    /// UTF-8 become U+FFFD, for a comment in Latin-1 is no reason to stop.
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
