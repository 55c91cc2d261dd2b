import HTTPServer

/// Reads the request of a connection.
struct RequestReader {
    enum Outcome {
        case incomplete
        case request(SimulatorRequest)
        /// The request is not HTTP or exceeds a limit.
        case malformed(status: Int, explanation: String)
    }

    private static let limits = MessageLimits()

    private var parser = RequestParser(limits: limits)
    /// The first bytes of the request, kept because the parser drops the query.
    private var beginning: [UInt8] = []

    mutating func append(_ more: ArraySlice<UInt8>) -> Outcome {
        let room = Self.limits.requestLineBytes + 2 * (Self.limits.leadingEmptyLines + 1) - beginning.count
        beginning.append(contentsOf: more.prefix(max(0, room)))
        switch parser.consume(more.span).outcome {
        case .incomplete: return .incomplete
        case .failure(let failure):
            return .malformed(status: Int(failure.status.rawValue), explanation: failure.explanation)
        case .request(let request):
            // With two fields, the token would be ambiguous.
            let authorizations = request.fields.values(of: "authorization")
            return .request(
                SimulatorRequest(
                    method: request.method.rawValue, path: Self.decoded(request.path[...]), query: query(),
                    authorization: authorizations.count == 1 ? authorizations[0] : nil))
        }
    }

    private func query() -> [(name: String, value: String)] {
        let isLineEnd = { (byte: UInt8) in byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") }
        let line = beginning.drop(while: isLineEnd).prefix { !isLineEnd($0) }
        let words = line.split(separator: UInt8(ascii: " "))
        guard words.count == 3, let mark = words[1].firstIndex(of: UInt8(ascii: "?")) else { return [] }
        let text = String(decoding: words[1][mark...].dropFirst(), as: UTF8.self)
        return text.split(separator: "&").map { part in
            let sign = part.firstIndex(of: "=") ?? part.endIndex
            return (Self.decoded(part[..<sign]), Self.decoded(part[sign...].dropFirst()))
        }
    }

    /// Percent-decodes the text (RFC 3986 section 2.1). Invalid escapes are kept.
    static func decoded(_ text: Substring) -> String {
        var result: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
