/// Why the StorPool API cannot be reached with what is configured. No case carries a token or a line of a file.
package enum ConfigurationError: Error, Equatable, Sendable {
    /// A file, or the 1-based line of it, that is not configuration.
    case syntax(file: String, line: Int, reason: String)
    /// A file that is there and cannot be read, or is too large to be configuration.
    case unreadable(file: String, reason: String)
    /// Variables that nothing sets, each with where it was found empty if it was; and all places that were looked at.
    case missing([MissingVariable], lookedIn: [String])
    /// A variable or flag whose value cannot be used; `origin` is the file, or what else the value came from.
    case invalid(name: String, origin: String, reason: String)
}

/// A variable without which no request can be sent.
package struct MissingVariable: Equatable, Sendable {
    /// Such as `SP_AUTH_TOKEN`.
    package let name: String
    /// The last place that sets it, to the empty text; nil when no place does.
    package let emptyIn: String?

    /// - Parameter emptyIn: a file name or `the environment`.
    package init(_ name: String, emptyIn: String? = nil) {
        self.name = name
        self.emptyIn = emptyIn
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line, such as `/etc/storpool.conf:3: no "=" after the name`.
    package var description: String {
        switch self {
        case .syntax(let file, let line, let reason):
            "\(file):\(line): \(reason)"
        case .unreadable(let file, let reason):
            "\(file): \(reason)"
        case .missing(let variables, let lookedIn):
            "missing "
                + variables.map { $0.name + ($0.emptyIn.map { " (empty in \($0))" } ?? "") }.joined(separator: ", ")
                + "; looked in " + lookedIn.joined(separator: ", ")
        case .invalid(let name, let origin, let reason):
            "\(name) (\(origin)): \(reason)"
        }
    }
}
