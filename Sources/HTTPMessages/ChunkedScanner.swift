/// Finds the end of chunked content (RFC 9112 section 7.1), which it throws away.
struct ChunkedScanner {
    private enum State {
        case size
        case extensions(ChunkExtensions)
        case sizeEnd
        case data(remaining: Int)
        case dataCarriageReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerEnd(isLast: Bool)
    }

    private var state = State.size
    private var size = 0
    private var hasDigits = false
    private var contentBytes = 0
    private var overheadBytes = 0
    private let limits: MessageLimits

    init(limits: MessageLimits) {
        self.limits = limits
    }

    /// Takes the next byte. True when it was the last.
    mutating func take(_ byte: UInt8) throws(RequestFailure) -> Bool {
        if case .data(let remaining) = state {
            state = remaining > 1 ? .data(remaining: remaining - 1) : .dataCarriageReturn
            return false
        }
        overheadBytes += 1
        guard overheadBytes <= limits.chunkOverheadBytes else { throw .contentTooLarge }
        switch state {
        case .size: try takeSize(byte)
        case .extensions(var extensions):
            state = try extensions.take(byte) ? .sizeEnd : .extensions(extensions)
        case .sizeEnd: try endSize(byte)
        case .dataCarriageReturn:
            guard byte == Grammar.carriageReturn else { throw .malformedChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == Grammar.lineFeed else { throw .malformedChunk }
            state = .size
        case .trailerStart where byte == Grammar.carriageReturn: state = .trailerEnd(isLast: true)
        case .trailerStart:
            guard Grammar.isTokenByte(byte) else { throw .malformedChunk }
            state = .trailerName
        case .trailerName where byte == UInt8(ascii: ":"): state = .trailerValue
        case .trailerName:
            guard Grammar.isTokenByte(byte) else { throw .malformedChunk }
        case .trailerValue where byte == Grammar.carriageReturn: state = .trailerEnd(isLast: false)
        case .trailerValue:
            guard Grammar.isFieldValueByte(byte) else { throw .malformedChunk }
        case .trailerEnd(let isLast):
            guard byte == Grammar.lineFeed else { throw .malformedChunk }
            state = .trailerStart
            return isLast
        case .data: break
        }
        return false
    }

    private mutating func takeSize(_ byte: UInt8) throws(RequestFailure) {
        if let digit = Grammar.hexValue(byte) {
            hasDigits = true
            size = size * 16 + Int(digit)
            guard size <= limits.contentBytes else { throw .contentTooLarge }
            return
        }
        guard hasDigits else { throw .malformedChunk }
        var extensions = ChunkExtensions()
        state = try extensions.take(byte) ? .sizeEnd : .extensions(extensions)
    }

    private mutating func endSize(_ byte: UInt8) throws(RequestFailure) {
        guard byte == Grammar.lineFeed else { throw .malformedChunk }
        contentBytes += size
        guard contentBytes <= limits.contentBytes else { throw .contentTooLarge }
        state = size == 0 ? .trailerStart : .data(remaining: size)
        size = 0
        hasDigits = false
    }
}
