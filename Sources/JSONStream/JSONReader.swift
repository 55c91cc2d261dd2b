import Text

package enum JSONToken: Equatable, Sendable {
    /// The chunk has been read. Call ``JSONReader/next(in:)`` with the next chunk.
    case needsMore
    case beginObject, endObject, beginArray, endArray
    /// The name of a member. See ``JSONReader/packedText(in:)``.
    case key
    /// See ``JSONReader/text(in:)``.
    case string
    /// See ``JSONReader/unsignedInteger`` and ``JSONReader/text(in:)``.
    case number
    case `true`, `false`, null
}

/// Reads the tokens of one JSON text that arrives in chunks of any size. Follows RFC 8259 strictly.
///
/// Call ``next(in:)`` with a chunk until it returns `needsMore`, then continue with the next chunk. Call ``finish()``
/// after the final chunk. Skipped values are validated, too.
package struct JSONReader: ~Copyable {
    /// Maximum nesting depth of arrays and objects.
    package static let maximumDepth = 64
    /// Maximum length of a string or number in bytes. Skipped strings and numbers may have any length.
    package static let maximumTextLength = 1 << 16

    enum Expectation: UInt8 {
        case value, firstValueOrEnd, firstKeyOrEnd, key, colon, commaOrEnd, end
        case inString, inNumber, inLiteral
    }

    var expectation = Expectation.value
    /// Offset of the current chunk in the whole text.
    var base: UInt64 = 0
    /// Offset of the next byte in the current chunk.
    var position = 0
    var depth = 0
    /// One bit for each open container, the innermost in the lowest bit. 1 is an object, 0 an array.
    var containers: UInt64 = 0
    /// The depth at which the value that is being skipped ends. -1 if no value is being skipped.
    var skipDepth = -1
    var string = StringScan()
    var number = NumberScan()
    /// The literal that is being read, and its remaining letters, with the next letter in the lowest byte.
    var literal = (token: JSONToken.null, letters: UInt64(0))
    /// Range of the most recent key, string or number in the chunk. Not used if `isGathered`.
    var textRange = 0..<0
    /// Whether the most recent key, string or number is in `gathered`, because it is split between chunks or contains
    /// escapes or non-ASCII characters.
    var isGathered = false
    var gathered: [UInt8] = []

    package init() {}

    /// Number of bytes read so far.
    package var offset: UInt64 { base + UInt64(position) }

    /// Skips the next value without returning its tokens. Call it after `key`.
    package mutating func skipValue() {
        skipDepth = depth
    }

    /// Skips the rest of the innermost open array or object, including its end.
    package mutating func skipRest() {
        skipDepth = depth - 1
    }

    var isSkipping: Bool { skipDepth >= 0 }

    /// Returns the next token of the chunk. The reader is unusable after an error.
    package mutating func next(in chunk: RawSpan) throws(JSONError) -> JSONToken {
        _ = skipScalar(chunk)
        while true {
            switch expectation {
            case .inString, .inNumber, .inLiteral:
                if let token = try resume(chunk) { return token }
                if position == chunk.byteCount, isInsideScalar { return endChunk(chunk) }
                continue
            default: break
            }
            skipWhiteSpace(chunk)
            guard position < chunk.byteCount else { return endChunk(chunk) }
            let byte = chunk.byte(at: position)
            if let token = try structure(byte, chunk) { return token }
        }
    }

    /// Ends the text. Throws if the value is missing or incomplete.
    ///
    /// - Returns: `number` if the whole text is a number, because such a number ends only with the text. Otherwise nil.
    package mutating func finish() throws(JSONError) -> JSONToken? {
        if expectation == .inNumber, depth == 0, number.isComplete {
            expectation = .end
            let skipped = isSkipping
            skipDepth = -1
            return skipped ? nil : .number
        }
        guard expectation == .end else { throw JSONError(.unexpectedEnd, at: offset) }
        return nil
    }

    private var isInsideScalar: Bool {
        expectation == .inString || expectation == .inNumber || expectation == .inLiteral
    }

    private mutating func endChunk(_ chunk: RawSpan) -> JSONToken {
        base += UInt64(chunk.byteCount)
        position = 0
        return .needsMore
    }

    func failure(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, at: offset)
    }
}

// MARK: Structure

extension JSONReader {
    @inline(__always)
    private mutating func skipWhiteSpace(_ chunk: RawSpan) {
        while position < chunk.byteCount {
            let byte = chunk.byte(at: position)
            // White space of RFC 8259 section 2.
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// Reads the separator or token that begins with this byte. Returns nil for a separator, and for a token that is
    /// skipped or incomplete.
    @inline(__always)
    private mutating func structure(_ byte: UInt8, _ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        switch expectation {
        case .commaOrEnd:
            if byte == UInt8(ascii: ",") {
                position += 1
                expectation = isInObject ? .key : .value
                return nil
            }
            return try close(byte)
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
            position += 1
            expectation = .value
            return nil
        case .firstKeyOrEnd where byte == UInt8(ascii: "}"), .firstValueOrEnd where byte == UInt8(ascii: "]"):
            return try close(byte)
        case .key, .firstKeyOrEnd:
            guard byte == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
            return try beginString(asKey: true, chunk)
        case .value, .firstValueOrEnd:
            return try beginValue(byte, chunk)
        default:
            throw failure(.trailingBytes)
        }
    }

    @inline(__always)
    private mutating func beginValue(_ byte: UInt8, _ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        switch byte {
        case UInt8(ascii: "\""):
            return try beginString(asKey: false, chunk)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return try beginNumber(chunk)
        case UInt8(ascii: "{"):
            return try open(asObject: true)
        case UInt8(ascii: "["):
            return try open(asObject: false)
        case UInt8(ascii: "t"): return beginLiteral(.true, letters: 0x6575_7274)
        case UInt8(ascii: "f"): return beginLiteral(.false, letters: 0x65_736C_6166)
        case UInt8(ascii: "n"): return beginLiteral(.null, letters: 0x6C6C_756E)
        default:
            throw failure(.unexpectedByte)
        }
    }

    var isInObject: Bool { containers & 1 == 1 }

    private mutating func open(asObject: Bool) throws(JSONError) -> JSONToken? {
        guard depth < Self.maximumDepth else { throw failure(.tooDeep) }
        position += 1
        depth += 1
        containers = containers << 1 | (asObject ? 1 : 0)
        expectation = asObject ? .firstKeyOrEnd : .firstValueOrEnd
        if isSkipping { return nil }
        return asObject ? .beginObject : .beginArray
    }

    private mutating func close(_ byte: UInt8) throws(JSONError) -> JSONToken? {
        let wasObject = isInObject
        guard depth > 0, byte == (wasObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw failure(.unexpectedByte)
        }
        position += 1
        depth -= 1
        containers >>= 1
        return endValue(wasObject ? .endObject : .endArray)
    }

    /// Ends a value and returns its token, or nil if the value is skipped.
    @inline(__always)
    mutating func endValue(_ token: JSONToken) -> JSONToken? {
        expectation = depth == 0 ? .end : .commaOrEnd
        guard isSkipping else { return token }
        if depth <= skipDepth { skipDepth = -1 }
        return nil
    }
}
