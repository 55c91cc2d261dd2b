/// Why a text is not JSON (RFC 8259) within the reader's bounds, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was found.
    package enum Reason: String, Sendable {
        /// A byte that no rule of the grammar allows at this place.
        case unexpectedByte = "unexpected byte"
        /// Something other than white space follows the value.
        case trailingBytes = "bytes after the end of the value"
        /// The text ends inside the value, or holds none.
        case unexpectedEnd = "the text ends early"
        /// A control character that must be written as an escape stands in a string.
        case controlCharacter = "control character in a string"
        /// A string is not well-formed UTF-8 (Unicode 16, table 3-7).
        case invalidUTF8 = "invalid UTF-8"
        /// An unknown escape, or one half of a surrogate pair.
        case invalidEscape = "invalid escape"
        /// A number against the grammar, such as `1.`, `-` or `1e`.
        case invalidNumber = "invalid number"
        /// More nested arrays and objects than ``JSONReader/maximumDepth``.
        case tooDeep = "nested too deeply"
        /// A string or number that was asked for is longer than ``JSONReader/maximumTextLength``.
        case tooLong = "a text is too long"
    }

    /// What was found.
    package let reason: Reason
    /// Offset of the offending byte from the beginning of the text, from 0.
    package let offset: UInt64

    /// Names a fault.
    package init(_ reason: Reason, at offset: UInt64) {
        self.reason = reason
        self.offset = offset
    }

    /// Such as `invalid number at byte 17`.
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
