import Text

/// Reads requests from the bytes of a connection, however they are cut up (RFC 9112).
///
/// Holds at most one head, bounded by `MessageLimits`, and nothing between requests.
package struct RequestParser {
    /// What a run over some bytes came to.
    package enum Outcome: Equatable, Sendable {
        /// All bytes were taken, and the request is not complete.
        case incomplete
        /// A request is complete. Bytes that were not taken belong to the next.
        case request(Request)
        /// The connection is of no use but for saying so.
        case failure(RequestFailure)
    }

    private enum Phase {
        case requestLine
        case fields
        case failed(RequestFailure)
    }

    /// The method of the request that is being read or that failed; nil where it was not read to its end. An error reply
    /// to HEAD has no content either (RFC 9110 section 9.3.2).
    package private(set) var method: Request.Method?

    private let limits: MessageLimits
    private var phase = Phase.requestLine
    private var line: [UInt8] = []
    private var emptyLines = 0
    private var head = RequestLine(method: .get, target: .server, minorVersion: 1)
    private var fields = HeaderFields()
    private var fieldBytes = 0

    /// Waits for a first request.
    package init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    /// True before the first byte of a request, empty lines apart.
    package var isIdle: Bool {
        if case .requestLine = phase { return line.isEmpty }
        return false
    }

    /// Takes bytes up to the end of a request. After a failure, takes none.
    ///
    /// - Returns: the number of bytes taken, and what came of them.
    package mutating func consume(_ bytes: Span<UInt8>) -> (taken: Int, outcome: Outcome) {
        var index = 0
        while index < bytes.count {
            if case .failed(let failure) = phase { return (index, .failure(failure)) }
            do throws(RequestFailure) {
                let request = try take(bytes[index])
                index += 1
                if let request {
                    // Frees the memory of this request.
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

    /// Collects a line. True where the byte was its end, which is taken off.
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

    /// Refuses at once what cannot become a request line, so that nobody who speaks another protocol has to be waited for.
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
        head = try RequestLine(line)
        line.removeAll(keepingCapacity: true)
        phase = .fields
    }

    private mutating func endFieldLine() throws(RequestFailure) -> Request? {
        if line.isEmpty { return try endHead() }
        guard fields.lines.count < limits.fieldCount else { throw .tooManyFields }
        try fields.append(line: line)
        line.removeAll(keepingCapacity: true)
        return nil
    }

    private func endHead() throws(RequestFailure) -> Request {
        try checkHost()
        try checkContent()
        return Request(
            method: head.method, path: head.target.path, minorVersion: head.minorVersion, fields: fields,
            keepsAlive: keepsAlive)
    }

    /// Refuses content, and framing that two programs could understand in two ways (RFC 9112 section 6).
    private func checkContent() throws(RequestFailure) {
        let lengths = fields.values(of: "content-length")
        if fields["transfer-encoding"] != nil {
            guard lengths.isEmpty else { throw .framingAmbiguous }
            let codings = fields.tokens(of: "transfer-encoding")
            guard head.minorVersion >= 1, codings.last == "chunked", codings.count(where: { $0 == "chunked" }) == 1
            else {
                throw .transferEncodingInvalid
            }
            throw .hasContent
        }
        guard let length = lengths.first else { return }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(\.isDigit) else {
            throw .contentLengthInvalid
        }
        guard length.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { throw .hasContent }
    }

    private func checkHost() throws(RequestFailure) {
        let hosts = fields.values(of: "host")
        guard hosts.count <= 1 else { throw .hostRepeated }
        guard let host = hosts.first else {
            if head.minorVersion >= 1 { throw .hostMissing }
            return
        }
        guard HostField.isValid(host.utf8, needsPort: false) else { throw .hostInvalid }
    }

    /// RFC 9112 section 9.3.
    private var keepsAlive: Bool {
        let options = fields.tokens(of: "connection")
        if options.contains("close") { return false }
        return head.minorVersion >= 1 || options.contains("keep-alive")
    }
}
