/// An unusable value. Must not be created for a token, because its texts appear on terminals and in logs.
package struct InvalidValue: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value in quotes, printable and cut to 80 bytes.
    package let value: String
    /// The clause after the value, such as `is not a port (1 to 65535)`.
    package let reason: String

    package init(_ text: String, _ reason: String) {
        self.value = "\"\(text.printable(limit: 80))\""
        self.reason = reason
    }

    package var description: String { value + " " + reason }
}
