import Text

/// Reads strings, numbers and literals, which may be split between chunks.
extension JSONReader {
    @inline(__always)
    mutating func beginString(asKey: Bool, _ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        position += 1
        string.begin(asKey: asKey)
        beginText()
        // Fast path: the whole string is in this chunk, and it is ASCII without escapes.
        let start = position
        if let end = StringScan.plainEnd(chunk, from: start) {
            try check(start..<end)
            textRange = start..<end
            position = end + 1
            return endString()
        }
        expectation = .inString
        return try resumeString(chunk)
    }

    @inline(__always)
    private mutating func endString() -> JSONToken? {
        if string.isKey {
            expectation = .colon
            return isSkipping ? nil : .key
        }
        return endValue(.string)
    }

    @inline(__always)
    mutating func beginNumber(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        number = NumberScan()
        beginText()
        expectation = .inNumber
        return try resumeNumber(chunk)
    }

    /// Continues a string, number or literal. Returns nil if it is skipped or does not end in this chunk.
    mutating func resume(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        switch expectation {
        case .inString: try resumeString(chunk)
        case .inNumber: try resumeNumber(chunk)
        default: try resumeLiteral(chunk)
        }
    }

    private mutating func resumeString(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        isGathered = true
        while position < chunk.byteCount {
            let start = position
            switch string.advance(chunk, &position) {
            case .plain:
                try gather(chunk, start..<position)
            case .scalar(let scalar):
                try gather(scalar)
            case .partOfEscape:
                break
            case .closed:
                return endString()
            case .failed(let reason):
                throw failure(reason)
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func resumeNumber(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        let start = position
        let ended = number.advance(chunk, &position)
        if ended, !isGathered {
            try check(start..<position)
            textRange = start..<position
        } else {
            isGathered = true
            try gather(chunk, start..<position)
        }
        guard ended else { return nil }
        guard number.isComplete else { throw failure(.invalidNumber) }
        return endValue(.number)
    }

    mutating func beginLiteral(_ token: JSONToken, letters: UInt64) -> JSONToken? {
        literal = (token, letters)
        expectation = .inLiteral
        return nil
    }

    private mutating func resumeLiteral(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        while position < chunk.byteCount {
            guard UInt64(chunk.byte(at: position)) == literal.letters & 0xFF else { throw failure(.unexpectedByte) }
            position += 1
            literal.letters >>= 8
            if literal.letters == 0 { return endValue(literal.token) }
        }
        return nil
    }
}

// MARK: The text of the current token

// These members are `mutating` only for speed: otherwise the compiler would copy the whole reader for each call.
extension JSONReader {
    /// The text of the current key, string or number. In a key or string, escapes such as `\\n` are replaced by their
    /// characters.
    package mutating func text(in chunk: RawSpan) -> String {
        isGathered ? String(decoding: gathered, as: UTF8.self) : chunk.text(textRange)
    }

    @inline(__always)
    package mutating func packedText(in chunk: RawSpan) -> PackedText {
        isGathered ? PackedText(gathered) : PackedText(chunk, textRange)
    }

    /// The value of the current number. Nil unless it is an integer from 0 to 2⁶⁴−1, written without fraction and exponent.
    package var unsignedInteger: UInt64? { mutating get { number.unsignedInteger } }

    @inline(__always)
    private mutating func beginText() {
        if isGathered {
            isGathered = false
            gathered.removeAll(keepingCapacity: true)
        }
    }

    /// Throws if the text becomes longer than the maximum. The error has the offset of the first byte beyond it,
    /// however the text is split into chunks.
    @inline(__always)
    private func check(_ range: Range<Int>) throws(JSONError) {
        let room = Self.maximumTextLength - gathered.count
        if range.count > room, !isSkipping {
            throw JSONError(.tooLong, at: base + UInt64(range.lowerBound + room))
        }
    }

    private mutating func gather(_ chunk: RawSpan, _ range: Range<Int>) throws(JSONError) {
        if isSkipping { return }
        try check(range)
        chunk.append(range, to: &gathered)
    }

    private mutating func gather(_ scalar: Unicode.Scalar) throws(JSONError) {
        if isSkipping { return }
        guard gathered.count + UTF8.width(scalar) <= Self.maximumTextLength else { throw failure(.tooLong) }
        for byte in String(scalar).utf8 { gathered.append(byte) }
    }
}

extension RawSpan {
    @inline(__always)
    fileprivate func text(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    @inline(__always)
    fileprivate func append(_ range: Range<Int>, to array: inout [UInt8]) {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe array.append(contentsOf: bytes) }
    }
}
