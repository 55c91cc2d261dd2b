import Text

/// The state of a string that is being read. A chunk may end at any byte.
struct StringScan {
    enum Step {
        /// Characters without escapes.
        case plain
        /// The character of a complete escape.
        case scalar(Unicode.Scalar)
        /// A byte of an incomplete escape.
        case partOfEscape
        case closed
        case failed(JSONError.Reason)
    }

    private enum State {
        case plain
        /// In a multi-byte UTF-8 sequence: the number of missing bytes, and the allowed range of the next byte.
        case continuation(remaining: UInt8, low: UInt8, high: UInt8)
        case backslash
        case hexadecimal(digits: UInt8, value: UInt32)
        /// After a high surrogate, which must be followed by `\u`.
        case needsBackslash, needsU
    }

    private(set) var isKey = false
    private var state = State.plain
    private var highSurrogate: UInt32 = 0

    @inline(__always)
    mutating func begin(asKey: Bool) {
        isKey = asKey
        state = .plain
        highSurrogate = 0
    }

    /// Offset of the closing quote. Nil if the chunk ends before it, or if the string is not plain ASCII.
    @inline(__always)
    static func plainEnd(_ chunk: RawSpan, from start: Int) -> Int? {
        let end = plainRun(chunk, from: start)
        guard end < chunk.byteCount, chunk.byte(at: end) == UInt8(ascii: "\"") else { return nil }
        return end
    }

    /// The offset of the first byte that is not plain ASCII: a quote, a backslash, a control character or a byte from
    /// 0x80. If there is none, the end of the chunk.
    @inline(__always)
    private static func plainRun(_ chunk: RawSpan, from start: Int) -> Int {
        var offset = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while offset &+ 8 <= chunk.byteCount {
            let word = chunk.word(at: offset)
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            // Each term sets the high bit of a matching byte. A borrow can set a wrong bit only above a matching byte,
            // so the lowest set bit is correct.
            let found =
                ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
                | ((word &- ones &* 0x20) & ~word) | word
            let hits = found & highs
            if hits != 0 { return offset &+ hits.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < chunk.byteCount {
            let byte = chunk.byte(at: offset)
            if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { return offset }
            offset &+= 1
        }
        return offset
    }

    /// Reads the next part of the string and advances `position`, which must be inside the chunk.
    mutating func advance(_ chunk: RawSpan, _ position: inout Int) -> Step {
        switch state {
        case .plain: return plain(chunk, &position)
        case .continuation(let remaining, let low, let high):
            let byte = chunk.byte(at: position)
            guard low...high ~= byte else { return .failed(.invalidUTF8) }
            position += 1
            state = remaining == 1 ? .plain : .continuation(remaining: remaining - 1, low: 0x80, high: 0xBF)
            return .plain
        case .backslash, .hexadecimal, .needsBackslash, .needsU:
            let step = escape(chunk.byte(at: position))
            if case .failed = step { return step }
            position += 1
            return step
        }
    }

    private mutating func plain(_ chunk: RawSpan, _ position: inout Int) -> Step {
        let end = Self.plainRun(chunk, from: position)
        if end > position {
            position = end
            return .plain
        }
        let byte = chunk.byte(at: position)
        switch byte {
        case UInt8(ascii: "\""):
            position += 1
            return .closed
        case UInt8(ascii: "\\"):
            position += 1
            state = .backslash
            return .partOfEscape
        case 0..<0x20: return .failed(.controlCharacter)
        // Well-formed sequences (Unicode table 3-7): no overlong form, no surrogate, nothing beyond U+10FFFF.
        case 0xC2...0xDF: state = .continuation(remaining: 1, low: 0x80, high: 0xBF)
        case 0xE0: state = .continuation(remaining: 2, low: 0xA0, high: 0xBF)
        case 0xED: state = .continuation(remaining: 2, low: 0x80, high: 0x9F)
        case 0xE1...0xEF: state = .continuation(remaining: 2, low: 0x80, high: 0xBF)
        case 0xF0: state = .continuation(remaining: 3, low: 0x90, high: 0xBF)
        case 0xF1...0xF3: state = .continuation(remaining: 3, low: 0x80, high: 0xBF)
        case 0xF4: state = .continuation(remaining: 3, low: 0x80, high: 0x8F)
        default: return .failed(.invalidUTF8)
        }
        position += 1
        return .plain
    }

    private mutating func escape(_ byte: UInt8) -> Step {
        switch state {
        case .needsBackslash:
            guard byte == UInt8(ascii: "\\") else { return .failed(.invalidEscape) }
            state = .needsU
            return .partOfEscape
        case .needsU:
            guard byte == UInt8(ascii: "u") else { return .failed(.invalidEscape) }
            state = .hexadecimal(digits: 0, value: 0)
            return .partOfEscape
        case .hexadecimal(let digits, let value):
            guard let digit = byte.hexValue else { return .failed(.invalidEscape) }
            let sum = value << 4 | UInt32(digit)
            if digits < 3 {
                state = .hexadecimal(digits: digits + 1, value: sum)
                return .partOfEscape
            }
            return codeUnit(sum)
        default:
            if byte == UInt8(ascii: "u") {
                state = .hexadecimal(digits: 0, value: 0)
                return .partOfEscape
            }
            guard let scalar = Self.shortEscape(byte) else { return .failed(.invalidEscape) }
            state = .plain
            return .scalar(scalar)
        }
    }

    private mutating func codeUnit(_ unit: UInt32) -> Step {
        if highSurrogate != 0 {
            guard 0xDC00...0xDFFF ~= unit,
                let scalar = Unicode.Scalar(0x10000 + (highSurrogate - 0xD800) << 10 + (unit - 0xDC00))
            else { return .failed(.invalidEscape) }
            highSurrogate = 0
            state = .plain
            return .scalar(scalar)
        }
        if 0xD800...0xDBFF ~= unit {
            highSurrogate = unit
            state = .needsBackslash
            return .partOfEscape
        }
        guard let scalar = Unicode.Scalar(unit) else { return .failed(.invalidEscape) }
        state = .plain
        return .scalar(scalar)
    }

    private static func shortEscape(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(byte)
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }
}
