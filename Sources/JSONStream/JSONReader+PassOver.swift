/// The common case of a member that nobody wants, in one go: a colon, a plain scalar and what ends it, all in one chunk.
///
/// Everything else is left untouched for the careful way, which reads it step by step; what is passed over here is what
/// that way would accept.
extension JSONReader {
    /// Passes over the value of a member; false when nothing was read.
    @inline(__always)
    mutating func passOverScalar(_ chunk: RawSpan) -> Bool {
        guard expectation == .colon, skipDepth == depth, position &+ 1 < chunk.byteCount,
            chunk.byte(at: position) == UInt8(ascii: ":"), let end = Self.scalarEnd(chunk, from: position &+ 1)
        else { return false }
        position = end
        skipDepth = -1
        expectation = .commaOrEnd
        // Mostly another name follows at once.
        if end &+ 1 < chunk.byteCount, chunk.byte(at: end) == UInt8(ascii: ","),
            chunk.byte(at: end &+ 1) == UInt8(ascii: "\"")
        {
            position = end &+ 1
            expectation = .key
        }
        return true
    }

    /// Passes over the next member of an object, without a token, when it is called this and its value is a plain scalar;
    /// false when nothing was read. Call it where a name, a comma or the object's end is next.
    ///
    /// - Parameter name: ``PackedText/isPlain``: compared with what stands in the text, escapes and all.
    @inline(__always)
    package mutating func passOverMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk), let end = Self.scalarEnd(chunk, from: start)
        else { return false }
        position = end
        expectation = .commaOrEnd
        return true
    }

    /// Goes to the value of the next member of an object, as after its `key`, when it is called this; false when nothing
    /// was read. Call it where a name, a comma or the object's end is next.
    ///
    /// - Parameter name: as above.
    @inline(__always)
    package mutating func enterMember(named name: PackedText, in chunk: RawSpan) -> Bool {
        guard let start = valueStart(ofMember: name, chunk) else { return false }
        position = start
        expectation = .value
        return true
    }

    /// Where the value of the next member begins, if it has this name and there is no white space.
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

    /// Where a member begins, if one may be next and there is no white space before it.
    @inline(__always)
    private func nextMember(_ chunk: RawSpan) -> Int? {
        switch expectation {
        case .key, .firstKeyOrEnd: position
        case .commaOrEnd where position < chunk.byteCount && chunk.byte(at: position) == UInt8(ascii: ","):
            position &+ 1
        default: nil
        }
    }

    /// Where a scalar of this chunk ends, if it is a plain one and what follows it ends a member.
    @inline(__always)
    private static func scalarEnd(_ chunk: RawSpan, from start: Int) -> Int? {
        switch chunk.byte(at: start) {
        case UInt8(ascii: "\""):
            return StringScan.plainEnd(chunk, from: start &+ 1).map { $0 &+ 1 }
        case UInt8(ascii: "0"):
            return endsMember(chunk, start &+ 1) ? start &+ 1 : nil
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            var end = start &+ 1
            while end < chunk.byteCount, 0x30...0x39 ~= chunk.byte(at: end) { end &+= 1 }
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

    /// Compares four letters, the first in the lowest byte.
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
