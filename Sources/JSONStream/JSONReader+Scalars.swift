/// Strings, numbers and literals: each begins in one chunk and may end in another.
extension JSONReader {
    @inline(__always)
    mutating func beginString(asKey: Bool, _ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        position += 1
        string.begin(asKey: asKey)
        beginText()
        // The common case: it ends in this chunk, plain.
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

    /// Goes on with the string, number or literal that is open. Nil: it has not ended, or nobody wants it.
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

    private mutating func resumeLiteral(_ chunk: RawSpan) throws(JSONError) -> JSONToken? {
        while position < chunk.byteCount {
            guard literal.accepts(chunk.byte(at: position)) else { throw failure(.unexpectedByte) }
            position += 1
            if literal.isComplete { return endValue(literal.token) }
        }
        return nil
    }
}

// MARK: The text of the last token

// These change nothing, and are mutating all the same: the compiler copies a value of this size for a call that borrows it.
extension JSONReader {
    /// The key, string or number that was returned last, as a text. Escapes are resolved.
    package mutating func text(in chunk: RawSpan) -> String {
        isGathered ? String(decoding: gathered, as: UTF8.self) : chunk.text(textRange)
    }

    /// The same, packed for comparison.
    @inline(__always)
    package mutating func packedText(in chunk: RawSpan) -> PackedText {
        isGathered ? PackedText(gathered) : PackedText(chunk, textRange)
    }

    /// The number that was returned last, when it is an integer without fraction and exponent from 0 to 2⁶⁴−1, exactly.
    package var unsignedInteger: UInt64? { mutating get { number.unsignedInteger } }

    @inline(__always)
    private mutating func beginText() {
        if isGathered {
            isGathered = false
            gathered.removeAll(keepingCapacity: true)
        }
    }

    /// Refuses the first byte for which there is no room behind what is gathered: the same one wherever the text is cut.
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
