/// Why a configuration is unusable. Never contains a token or a line of a file.
package enum ConfigurationError: Error, Equatable, Sendable {
    /// - Parameter line: counted from 1.
    case syntax(file: String, line: Int, reason: String)
    case unreadable(file: String, reason: String)
    /// Required variables that are empty or not set, and all places that were searched.
    case missing([MissingVariable], lookedIn: [String])
    /// A variable or flag with an unusable value. The origin is a file, the environment or the command line.
    case invalid(name: String, origin: String, reason: String)
}

package struct MissingVariable: Equatable, Sendable {
    package let name: String
    /// The file or other source that sets the variable to an empty value. Nil if no source sets the variable.
    package let emptyIn: String?

    package init(_ name: String, emptyIn: String? = nil) {
        self.name = name
        self.emptyIn = emptyIn
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line: `/etc/storpool.conf:3: no "=" after the name`.
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
