/// An unusable value. Must not be created for a token, because the value appears on terminals and in logs.
package struct InvalidValue: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value in quotes, made printable and cut to 80 bytes.
    package let value: String
    /// What is wrong with the value, such as `is not a port (1 to 65535)`. `description` puts it after the value.
    package let reason: String

    package init(_ text: String, _ reason: String) {
        self.value = "\"\(text.printable(limit: 80))\""
        self.reason = reason
    }

    package var description: String { value + " " + reason }
}
