import Text

/// Fast paths for members. They read only names and plain scalars that are complete in one chunk and without white
/// space around them. ``JSONReader/next(in:)`` reads everything else. The fast paths accept nothing that `next` would
/// reject.
extension JSONReader {
    /// Skips the value of a member if `skipValue` has requested it and the value is a plain scalar. Otherwise reads
    /// nothing and returns false.
    @inline(__always)
    mutating func skipScalar(_ chunk: RawSpan) -> Bool {
        guard expectation == .colon, skipDepth == depth, position &+ 1 < chunk.byteCount,
            chunk.byte(at: position) == UInt8(ascii: ":"), let end = Self.scalarEnd(chunk, from: position &+ 1)
        else { return false }
        position = end
        skipDepth = -1
        expectation = .commaOrEnd
        // Usually the next name follows without white space, so its comma is read here, too.
        if end &+ 1 < chunk.byteCount, chunk.byte(at: end) == UInt8(ascii: ","),
            chunk.byte(at: end &+ 1) == UInt8(ascii: "\"")
        {
            position = end &+ 1
            expectation = .key
        }
        return true
    }

    /// Skips the next member of an object if it has this name and its value is a plain scalar. Otherwise reads nothing
    /// and returns false.
    ///
    /// - Parameter name: must be ``PackedText/isPlain``, because it is compared with the name as it is written in the
    ///   JSON text.
    @inline(__always)
    package mutating func skipMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk), let end = Self.scalarEnd(chunk, from: start)
        else { return false }
        position = end
        expectation = .commaOrEnd
        return true
    }

    /// Reads the name of the next member and the colon if the member has this name. Otherwise reads nothing and returns
    /// false.
    ///
    /// - Parameter name: must be ``PackedText/isPlain``.
    @inline(__always)
    package mutating func enterMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk) else { return false }
        position = start
        expectation = .value
        return true
    }

    /// Offset after the colon of the next member. Nil if the member has a different name, or if there is white space
    /// before the colon.
    @inline(__always)
    private func valueStart(ofMember name: PackedText, _ chunk: RawSpan) -> Int? {
        guard !isSkipping, isInObject, let quote = nextMember(chunk) else { return nil }
        let colon = quote &+ name.count &+ 2
        guard colon &+ 1 < chunk.byteCount, chunk.byte(at: quote) == UInt8(ascii: "\""),
            chunk.byte(at: colon &- 1) == UInt8(ascii: "\""), chunk.byte(at: colon) == UInt8(ascii: ":"),
            PackedText(chunk, quote &+ 1..<colon &- 1) == name
        else { return nil }
        return colon &+ 1
    }

    /// Offset where the next member begins if there is no white space before it. Nil if no member can follow.
    @inline(__always)
    private func nextMember(_ chunk: RawSpan) -> Int? {
        switch expectation {
        case .key, .firstKeyOrEnd: position
        case .commaOrEnd where position < chunk.byteCount && chunk.byte(at: position) == UInt8(ascii: ","):
            position &+ 1
        default: nil
        }
    }

    /// Offset of the end of a plain scalar: an ASCII string without escapes, an integer from 0, or a literal. Nil for
    /// other values and for values too close to the end of the chunk.
    @inline(__always)
    private static func scalarEnd(_ chunk: RawSpan, from start: Int) -> Int? {
        switch chunk.byte(at: start) {
        case UInt8(ascii: "\""):
            return StringScan.plainEnd(chunk, from: start &+ 1).map { $0 &+ 1 }
        case UInt8(ascii: "0"):
            return endsMember(chunk, start &+ 1) ? start &+ 1 : nil
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            var end = start &+ 1
            while end < chunk.byteCount, chunk.byte(at: end).isDigit { end &+= 1 }
            return endsMember(chunk, end) ? end : nil
        case UInt8(ascii: "f"):
            return literalEnd(chunk, start &+ 1, 0x6573_6C61)
        case UInt8(ascii: "t"):
            return literalEnd(chunk, start, 0x6575_7274)
        case UInt8(ascii: "n"):
            return literalEnd(chunk, start, 0x6C6C_756E)
        default:
            return nil
        }
    }

    /// - Parameter letters: four ASCII letters, the first in the lowest byte.
    @inline(__always)
    private static func literalEnd(_ chunk: RawSpan, _ start: Int, _ letters: UInt64) -> Int? {
        guard start &+ 8 <= chunk.byteCount, chunk.word(at: start) & 0xFFFF_FFFF == letters else { return nil }
        return start &+ 4
    }

    @inline(__always)
    private static func endsMember(_ chunk: RawSpan, _ offset: Int) -> Bool {
        guard offset < chunk.byteCount else { return false }
        let byte = chunk.byte(at: offset)
        return byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
    }
}
