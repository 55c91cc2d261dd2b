/// What may stand between the size of a chunk and the end of its line, and is of no interest (RFC 9112 section 7.1.1):
/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`.
struct ChunkExtensions {
    private enum State {
        /// Behind the size or a quoted value.
        case end
        case beforeName
        case name
        /// Behind a blank after a name.
        case afterName
        case beforeValue
        case value
        case quoted
        /// Behind the backslash in a quoted value.
        case escaped
        /// Behind a blank that only another extension may follow.
        case blank
    }

    private var state = State.end

    /// Takes the next byte. True where it was the carriage return that ends the line.
    mutating func take(_ byte: UInt8) throws(RequestFailure) -> Bool {
        if byte == Grammar.carriageReturn {
            switch state {
            case .end, .name, .value: return true
            default: throw .malformedChunk
            }
        }
        guard let next = successor(byte) else { throw .malformedChunk }
        state = next
        return false
    }

    /// The state behind the byte; nil where it may not stand here.
    private func successor(_ byte: UInt8) -> State? {
        let isBlank = Grammar.isBlank(byte)
        let isToken = Grammar.isTokenByte(byte)
        return switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): .end
        case (.quoted, UInt8(ascii: "\\")): .escaped
        case (.quoted, _), (.escaped, _): Grammar.isFieldValueByte(byte) ? .quoted : nil
        case (.beforeName, _): isToken ? .name : isBlank ? .beforeName : nil
        case (.beforeValue, UInt8(ascii: "\"")): .quoted
        case (.beforeValue, _): isToken ? .value : isBlank ? .beforeValue : nil
        case (_, UInt8(ascii: ";")): .beforeName
        case (.name, UInt8(ascii: "=")), (.afterName, UInt8(ascii: "=")): .beforeValue
        case (.name, _): isToken ? .name : isBlank ? .afterName : nil
        case (.value, _) where isToken: .value
        case (.afterName, _): isBlank ? .afterName : nil
        case (.end, _), (.value, _), (.blank, _): isBlank ? .blank : nil
        }
    }
}
