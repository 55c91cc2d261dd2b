/// What ``JSONReader/next(in:)`` found.
package enum JSONToken: Equatable, Sendable {
    /// The chunk is used up; call again with the next one.
    case needsMore
    /// `{`.
    case beginObject
    /// `}`.
    case endObject
    /// `[`.
    case beginArray
    /// `]`.
    case endArray
    /// A member's name, with its colon still ahead; see ``JSONReader/packedText(in:)``.
    case key
    /// A string; see ``JSONReader/text(in:)``.
    case string
    /// A number; see ``JSONReader/unsignedInteger`` and ``JSONReader/text(in:)``.
    case number
    /// `true`.
    case `true`
    /// `false`.
    case `false`
    /// `null`.
    case null
}

/// Reads one JSON text (RFC 8259, strictly) that arrives in chunks cut anywhere, token by token.
///
/// The caller passes the same chunk to ``next(in:)`` until that says `needsMore`, and calls ``finish()`` after the
/// last one. Nothing of a chunk is kept but a text that the cut went through. Values that nobody wants are passed over
/// with ``skipValue()`` at the speed of the scan, and validated all the same.
package struct JSONReader: ~Copyable {
    /// Nesting of arrays and objects.
    package static let maximumDepth = 64
    /// Bytes of a string or number that the caller reads; passed-over ones may be of any length.
    package static let maximumTextLength = 1 << 16

    enum Expectation: UInt8 {
        case value, firstValueOrEnd, firstKeyOrEnd, key, colon, commaOrEnd, end
        case inString, inNumber, inLiteral
    }

    var expectation = Expectation.value
    /// Offset of the current chunk's first byte from the beginning of the text.
    var base: UInt64 = 0
    /// Where in the current chunk the next byte is.
    var position = 0
    var depth = 0
    /// One bit for each open container, the innermost lowest: 1 an object, 0 an array.
    var containers: UInt64 = 0
    /// The depth at which a passed-over value ends, or -1.
    var skipDepth = -1
    var string = StringScan()
    var number = NumberScan()
    var literal = LiteralScan()
    /// The last key, string or number: in the chunk, or gathered in `gathered` when a cut or an escape parted it.
    var textRange = 0..<0
    var isGathered = false
    var gathered: [UInt8] = []

    /// A reader at the beginning of a text.
    package init() {}

    /// How many bytes have been read.
    package var offset: UInt64 { base + UInt64(position) }

    /// Passes over the next value, whatever it is: call it after `key`. None of its tokens is returned.
    package mutating func skipValue() {
        skipDepth = depth
    }

    /// Passes over the rest of the innermost open array or object, its end included.
    package mutating func skipRest() {
        skipDepth = depth - 1
    }

    var isSkipping: Bool { skipDepth >= 0 }

    /// The next token of the chunk. After an error the reader is of no more use.
    package mutating func next(in chunk: RawSpan) throws(JSONError) -> JSONToken {
        _ = passOverScalar(chunk)
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

    /// Says that the text ends here: throws unless exactly one whole value has been read.
    ///
    /// Returns `number` when a number at the top level ends only by the end of the text, else nil.
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
            // JSON's four (RFC 8259, section 2) are the only ones at or below the space that may stand here.
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// One structural step at a byte that is not white space. Nil: nothing for the caller.
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
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            literal = LiteralScan(startingWith: byte)
            expectation = .inLiteral
            return nil
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

    /// Settles what comes after a value, and whether the caller hears of it.
    @inline(__always)
    mutating func endValue(_ token: JSONToken) -> JSONToken? {
        expectation = depth == 0 ? .end : .commaOrEnd
        guard isSkipping else { return token }
        if depth <= skipDepth { skipDepth = -1 }
        return nil
    }
}
