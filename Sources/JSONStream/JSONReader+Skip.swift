import Text

/// A fast path for members whose value is a plain scalar in one chunk. ``JSONReader/next(in:)`` reads all other members
/// and accepts the same text.
extension JSONReader {
    /// Skips the value of a member; false if nothing was read.
    @inline(__always)
    mutating func skipScalar(_ chunk: RawSpan) -> Bool {
        guard expectation == .colon, skipDepth == depth, position &+ 1 < chunk.byteCount,
            chunk.byte(at: position) == UInt8(ascii: ":"), let end = Self.scalarEnd(chunk, from: position &+ 1)
        else { return false }
        position = end
        skipDepth = -1
        expectation = .commaOrEnd
        // Usually the next name follows without white space.
        if end &+ 1 < chunk.byteCount, chunk.byte(at: end) == UInt8(ascii: ","),
            chunk.byte(at: end &+ 1) == UInt8(ascii: "\"")
        {
            position = end &+ 1
            expectation = .key
        }
        return true
    }

    /// Skips the next member of an object if it has this name and a plain scalar as value; false if nothing was read.
    /// Call it before a name, a comma or the end of the object.
    ///
    /// - Parameter name: must be ``PackedText/isPlain``, because it is compared with the unread text.
    @inline(__always)
    package mutating func skipMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk), let end = Self.scalarEnd(chunk, from: start)
        else { return false }
        position = end
        expectation = .commaOrEnd
        return true
    }

    /// Reads the name of the next member and its colon if the name is `name`. Otherwise reads nothing and returns false.
    /// Same preconditions as ``skipMember(named:in:)``.
    @inline(__always)
    package mutating func enterMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk) else { return false }
        position = start
        expectation = .value
        return true
    }

    /// Offset of the next member's value if the member has this name and there is no white space.
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

    /// Offset of the next member if there is no white space before it.
    @inline(__always)
    private func nextMember(_ chunk: RawSpan) -> Int? {
        switch expectation {
        case .key, .firstKeyOrEnd: position
        case .commaOrEnd where position < chunk.byteCount && chunk.byte(at: position) == UInt8(ascii: ","):
            position &+ 1
        default: nil
        }
    }

    /// Offset of the end of a plain scalar; nil if the scalar is not plain or not complete in this chunk.
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
