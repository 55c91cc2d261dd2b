/// Why a text is not JSON (RFC 8259) or exceeds a limit of ``JSONReader``.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case unexpectedByte = "unexpected byte"
        case trailingBytes = "bytes after the end of the value"
        /// Also for an empty text.
        case unexpectedEnd = "unexpected end"
        case controlCharacter = "control character in a string"
        /// Not a well-formed sequence (Unicode 16, table 3-7).
        case invalidUTF8 = "invalid UTF-8"
        /// Also for an unpaired surrogate.
        case invalidEscape = "invalid escape"
        /// Such as `1.`, `-` or `1e`.
        case invalidNumber = "invalid number"
        /// Deeper than ``JSONReader/maximumDepth``.
        case tooDeep = "nested too deeply"
        /// A string or number is longer than ``JSONReader/maximumTextLength``.
        case tooLong = "a string or number is too long"
    }

    package let reason: Reason
    /// Offset from the start of the whole text, not of the chunk.
    package let offset: UInt64

    package init(_ reason: Reason, at offset: UInt64) {
        self.reason = reason
        self.offset = offset
    }

    /// Such as `invalid number at byte 17`.
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
