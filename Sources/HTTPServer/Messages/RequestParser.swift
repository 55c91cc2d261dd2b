import Text

/// Parses requests from the bytes of a connection, which may be split anywhere (RFC 9112).
///
/// Keeps at most one request head in memory. `MessageLimits` limits its size.
package struct RequestParser {
    package enum Outcome: Equatable, Sendable {
        /// All bytes were taken, but the request is not complete.
        case incomplete
        /// Bytes that were not taken belong to the next request.
        case request(Request)
        /// The parser takes no further bytes.
        case failure(RequestFailure)
    }

    private enum Phase {
        case requestLine
        case fields
        case failed(RequestFailure)
    }

    /// The method of the current request, even if the request has failed. Nil until the method is complete.
    package private(set) var method: Request.Method?

    private let limits: MessageLimits
    private var phase = Phase.requestLine
    private var line: [UInt8] = []
    private var emptyLines = 0
    private var requestLine: RequestLine?
    private var fields = HeaderFields()
    private var fieldBytes = 0

    package init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    /// True before the first byte of a request. Empty lines do not count.
    package var isIdle: Bool {
        if case .requestLine = phase { return line.isEmpty }
        return false
    }

    /// Takes bytes up to the end of a request.
    ///
    /// - Returns: the number of bytes taken, and the outcome.
    package mutating func consume(_ bytes: Span<UInt8>) -> (taken: Int, outcome: Outcome) {
        var index = 0
        while index < bytes.count {
            if case .failed(let failure) = phase { return (index, .failure(failure)) }
            do throws(RequestFailure) {
                let request = try take(bytes[index])
                index += 1
                if let request {
                    // Start again with a new parser, which also frees the memory of the request.
                    self = RequestParser(limits: limits)
                    return (index, .request(request))
                }
            } catch {
                phase = .failed(error)
                line = []
                fields = HeaderFields()
                return (index, .failure(error))
            }
        }
        return (index, .incomplete)
    }

    private mutating func take(_ byte: UInt8) throws(RequestFailure) -> Request? {
        switch phase {
        case .requestLine:
            try checkRequestLine(byte)
            if try endsLine(byte) { try endRequestLine() }
        case .fields:
            fieldBytes += 1
            guard fieldBytes <= limits.fieldBytes else { throw .fieldsTooLarge }
            if try endsLine(byte) { return try endFieldLine() }
        case .failed:
            break
        }
        return nil
    }

    /// Appends the byte to the line. At a line end, removes the carriage return from the line and returns true.
    private mutating func endsLine(_ byte: UInt8) throws(RequestFailure) -> Bool {
        let followsCarriageReturn = line.last == Grammar.carriageReturn
        if byte == Grammar.lineFeed {
            guard followsCarriageReturn else { throw .bareLineEnd }
            line.removeLast()
            return true
        }
        guard !followsCarriageReturn else { throw .bareLineEnd }
        line.append(byte)
        return false
    }

    /// Checks the method and the length of the line at each byte. A client of a different protocol thus gets an error
    /// at once, not after a timeout.
    private mutating func checkRequestLine(_ byte: UInt8) throws(RequestFailure) {
        if byte == Grammar.carriageReturn || byte == Grammar.lineFeed { return }
        if method != nil {
            guard line.count < limits.requestLineBytes else { throw .targetTooLong }
        } else if byte == Grammar.space, !line.isEmpty {
            method = Request.Method(rawValue: String(decoding: line, as: UTF8.self))
        } else {
            guard Grammar.isTokenByte(byte) else { throw .malformedRequestLine }
            guard line.count < limits.methodBytes else { throw .methodTooLong }
        }
    }

    private mutating func endRequestLine() throws(RequestFailure) {
        if line.isEmpty {
            emptyLines += 1
            guard emptyLines <= limits.leadingEmptyLines else { throw .malformedRequestLine }
            return
        }
        requestLine = try RequestLine(line)
        line.removeAll(keepingCapacity: true)
        phase = .fields
    }

    private mutating func endFieldLine() throws(RequestFailure) -> Request? {
        if line.isEmpty { return try endHead() }
        guard fields.count < limits.fieldCount else { throw .tooManyFields }
        try fields.append(line: line)
        line.removeAll(keepingCapacity: true)
        return nil
    }

    private func endHead() throws(RequestFailure) -> Request {
        guard let requestLine else { throw .malformedRequestLine }
        let isHTTP10 = requestLine.minorVersion == 0
        try checkHost(isRequired: !isHTTP10)
        try checkContent(allowsChunks: !isHTTP10)
        let options = fields.tokens(of: "connection")
        return Request(
            method: requestLine.method, path: requestLine.path, minorVersion: requestLine.minorVersion, fields: fields,
            keepsAlive: !options.contains("close") && (!isHTTP10 || options.contains("keep-alive")))
    }

    /// Throws if the request has content or invalid framing (RFC 9112 section 6).
    private func checkContent(allowsChunks: Bool) throws(RequestFailure) {
        let lengths = fields.values(of: "content-length")
        if fields["transfer-encoding"] != nil {
            let codings = fields.tokens(of: "transfer-encoding")
            guard allowsChunks, lengths.isEmpty, codings.last == "chunked", !codings.dropLast().contains("chunked")
            else { throw .framingInvalid }
            throw .hasContent
        }
        guard let length = lengths.first else { return }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(\.isDigit) else { throw .framingInvalid }
        guard length.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { throw .hasContent }
    }

    private func checkHost(isRequired: Bool) throws(RequestFailure) {
        let hosts = fields.values(of: "host")
        guard hosts.count <= 1 else { throw .hostRepeated }
        guard let host = hosts.first else {
            if isRequired { throw .hostMissing }
            return
        }
        guard Grammar.isHost(host.utf8) else { throw .hostInvalid }
    }
}
