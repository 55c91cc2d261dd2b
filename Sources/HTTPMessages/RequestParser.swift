/// Reads requests from the bytes of a connection, however they are cut up (RFC 9112).
///
/// Holds at most one head, bounded by `MessageLimits`, and nothing between requests.
public struct RequestParser {
    /// What a run over some bytes came to.
    public enum Outcome: Equatable, Sendable {
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
        case content(Request, remaining: Int)
        case chunks(Request, ChunkedScanner)
        case ended(RequestFailure?)
    }

    /// The method of the request that is being read or that failed; nil where it was not read to its end. An error reply
    /// to HEAD has no content either (RFC 9110 section 9.3.2).
    public private(set) var method: Request.Method?

    private let limits: MessageLimits
    private var phase = Phase.requestLine
    private var line: [UInt8] = []
    private var emptyLines = 0
    private var head = RequestLine(method: .get, target: .server, minorVersion: 1)
    private var fields = HeaderFields()
    private var fieldBytes = 0

    /// Waits for a first request.
    public init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    /// True before the first byte of a request, empty lines apart.
    public var isIdle: Bool {
        if case .requestLine = phase { return line.isEmpty }
        return false
    }

    /// Takes bytes up to the end of a request.
    ///
    /// After a failure, and after a request that expects to be told to continue and therefore ends the connection,
    /// nothing is taken any more.
    ///
    /// - Returns: the number of bytes taken, and what came of them.
    public mutating func consume(_ bytes: Span<UInt8>) -> (taken: Int, outcome: Outcome) {
        var index = 0
        while index < bytes.count {
            switch phase {
            case .ended(let failure):
                return (index, failure.map { .failure($0) } ?? .incomplete)
            case .content(let request, let remaining):
                let step = min(remaining, bytes.count - index)
                index += step
                phase = .content(request, remaining: remaining - step)
                if step == remaining { return (index, .request(startOver(after: request))) }
            default:
                do throws(RequestFailure) {
                    let request = try take(bytes[index])
                    index += 1
                    if let request { return (index, .request(request)) }
                } catch {
                    phase = .ended(error)
                    line = []
                    fields = HeaderFields()
                    return (index, .failure(error))
                }
            }
        }
        return (index, .incomplete)
    }

    /// Forgets the request before, and with it the memory it took.
    private mutating func startOver(after request: Request) -> Request {
        self = RequestParser(limits: limits)
        return request
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
        case .chunks(let request, var scanner):
            if try scanner.take(byte) { return startOver(after: request) }
            phase = .chunks(request, scanner)
        case .content, .ended:
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

    private mutating func endHead() throws(RequestFailure) -> Request? {
        try checkHost()
        let framing = try ContentFraming(fields, minorVersion: head.minorVersion, limits: limits)
        var request = Request(
            method: head.method, path: head.target.path, minorVersion: head.minorVersion, fields: fields,
            keepsAlive: keepsAlive)
        if framing == .length(0) { return startOver(after: request) }
        if head.minorVersion >= 1, fields.tokens(of: "expect").contains("100-continue") {
            // RFC 9110 section 10.1.1: a final status instead of 100 is allowed where the connection then ends, because
            // the client may or may not send the content.
            request.keepsAlive = false
            phase = .ended(nil)
            return request
        }
        switch framing {
        case .length(let length): phase = .content(request, remaining: length)
        case .chunked: phase = .chunks(request, ChunkedScanner(limits: limits))
        }
        return nil
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
