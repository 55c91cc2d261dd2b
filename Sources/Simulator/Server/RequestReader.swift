/// Collects the head of a request, and reduces it to what the simulator looks at.
struct RequestReader {
    /// Longest head that is read.
    static let maximumHead = 16 << 10

    enum Outcome {
        case incomplete
        case request(SimulatorRequest)
        /// Too long, or not HTTP.
        case malformed(status: Int)
    }

    private var bytes: [UInt8] = []

    /// Takes bytes as they arrive. What follows the head, a body, is of no interest.
    mutating func append(_ more: some Sequence<UInt8>) -> Outcome {
        bytes.append(contentsOf: more)
        guard let end = headEnd() else {
            return bytes.count > Self.maximumHead ? .malformed(status: 431) : .incomplete
        }
        return Self.parse(String(decoding: bytes[..<end], as: UTF8.self))
    }

    private func headEnd() -> Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= end.count else { return nil }
        return (0...(bytes.count - end.count)).first { bytes[$0..<($0 + end.count)].elementsEqual(end) }
    }

    private static func parse(_ head: String) -> Outcome {
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        let words = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
            return .malformed(status: 400)
        }
        var request = SimulatorRequest(method: String(words[0]), path: "")
        var authorizations: [String] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { return .malformed(status: 400) }
            guard line[..<colon].lowercased() == "authorization" else { continue }
            var value = line[line.index(after: colon)...]
            while value.first == " " || value.first == "\t" { value = value.dropFirst() }
            while value.last == " " || value.last == "\t" { value = value.dropLast() }
            authorizations.append(String(value))
        }
        // Two fields are no exact one.
        request.authorization = authorizations.count == 1 ? authorizations[0] : nil
        split(words[1], into: &request)
        return .request(request)
    }

    private static func split(_ target: Substring, into request: inout SimulatorRequest) {
        guard let mark = target.firstIndex(of: "?") else {
            request.path = decoded(target)
            return
        }
        request.path = decoded(target[..<mark])
        for part in target[target.index(after: mark)...].split(separator: "&") {
            let sign = part.firstIndex(of: "=") ?? part.endIndex
            request.query.append((decoded(part[..<sign]), decoded(part[sign...].dropFirst())))
        }
    }

    /// Percent-decoded (RFC 3986, section 2.1); what is no escape stays as it is.
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
