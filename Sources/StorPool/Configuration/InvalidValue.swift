import Text

/// A value that cannot be understood, and why, in words for the person who wrote it.
///
/// Never made of a token: its texts go to terminals and logs.
package struct InvalidValue: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value in quotes, printable and cut to `Bounds.quotedBytes`.
    package let value: String
    /// What is wrong with it, as a clause that follows the value: `is not a port (1 to 65535)`.
    package let reason: String

    /// - Parameters:
    ///   - text: the value as it was given; any text is safe.
    ///   - reason: a clause without a final full stop.
    package init(_ text: String, _ reason: String) {
        self.value = "\"\(text.printable(limit: Bounds.quotedBytes))\""
        self.reason = reason
    }

    /// One line: the quoted value, then the reason.
    package var description: String { value + " " + reason }
}
