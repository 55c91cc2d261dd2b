/// The second word of a request line, in one of the four forms of RFC 9112 section 3.2.
public enum RequestTarget: Equatable, Sendable {
    /// `/path?query`, or `http://host/path?query` as sent to proxies.
    case resource(path: String)
    /// `*`, of `OPTIONS` alone.
    case server
    /// `host:port`, of `CONNECT` alone.
    case authority

    /// What to route by: a path in the form of `normalized`, `*`, or nothing for `CONNECT`.
    public var path: String {
        switch self {
        case .resource(let path): path
        case .server: "*"
        case .authority: ""
        }
    }

    /// Reads a target; the query is dropped.
    init(_ text: some BidirectionalCollection<UInt8>, method: Request.Method) throws(RequestFailure) {
        if method == .connect {
            guard HostField.isValid(text, needsPort: true) else { throw .invalidTarget }
            self = .authority
        } else if text.elementsEqual("*".utf8) {
            guard method == .options else { throw .invalidTarget }
            self = .server
        } else if text.first == UInt8(ascii: "/") {
            self = .resource(path: try Self.path(text))
        } else {
            self = try Self.absolute(text, method: method)
        }
    }

    private static func path(_ text: some Collection<UInt8>) throws(RequestFailure) -> String {
        let end = text.firstIndex(of: UInt8(ascii: "?")) ?? text.endIndex
        let (path, query) = (text[..<end], text[end...].dropFirst())
        guard Grammar.isEncoded(path, { Grammar.isPathByte($0) || $0 == UInt8(ascii: "/") }),
            query.allSatisfy(isQueryByte)
        else { throw .invalidTarget }
        return normalized(String(decoding: path, as: UTF8.self))
    }

    /// Allows more than RFC 3986 section 3.4: Prometheus and browsers send brackets, braces and UTF-8 bytes unescaped, and
    /// browsers send a single `%`. A fragment (`#`) is not allowed.
    private static func isQueryByte(_ byte: UInt8) -> Bool {
        byte > Grammar.space && byte != 0x7f && byte != UInt8(ascii: "#")
    }

    /// User information before the host is refused, as RFC 9110 section 4.2.4 advises.
    private static func absolute(
        _ text: some BidirectionalCollection<UInt8>, method: Request.Method
    ) throws(RequestFailure) -> RequestTarget {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { throw .invalidTarget }
        let scheme = String(decoding: text[..<colon], as: UTF8.self).lowercased()
        let rest = text[colon...].dropFirst()
        guard scheme == "http" || scheme == "https", rest.starts(with: "//".utf8) else { throw .invalidTarget }
        let afterSlashes = rest.dropFirst(2)
        let end = afterSlashes.firstIndex { "/?".utf8.contains($0) } ?? afterSlashes.endIndex
        let host = afterSlashes[..<end]
        guard let first = host.first, first != UInt8(ascii: ":"), HostField.isValid(host, needsPort: false) else {
            throw .invalidTarget
        }
        let path = try path(afterSlashes[end...])
        if path.isEmpty {
            // RFC 9112 section 3.2.4: OPTIONS of a URI without a path and query asks about the server.
            return method == .options && end == afterSlashes.endIndex ? .server : .resource(path: "/")
        }
        return .resource(path: path)
    }

    /// The path in a form in which equal paths are equal texts (RFC 3986 section 6.2.2): what need not be
    /// percent-encoded is not, and hexadecimal digits are capitals. Other escapes stay, so that `%2F` never becomes a
    /// separator; segments of dots stay too.
    public static func normalized(_ path: String) -> String {
        let bytes = Array(path.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let high = rest.first.flatMap(Grammar.hexValue),
                let low = rest.dropFirst().first.flatMap(Grammar.hexValue)
            else {
                result.append(byte)
                continue
            }
            rest = rest.dropFirst(2)
            let decoded = high << 4 | low
            if Grammar.isUnreserved(decoded) {
                result.append(decoded)
            } else {
                result.append(byte)
                result.append(
                    contentsOf: [high, low].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "A") - 10 + $0 })
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The value of `Host`, and the same grammar in request targets: `uri-host [":" port]` (RFC 9110 section 7.2).
enum HostField {
    /// An empty host is valid, for URIs that have none; `needsPort` wants both host and port.
    static func isValid(_ text: some BidirectionalCollection<UInt8>, needsPort: Bool) -> Bool {
        var end = text.endIndex
        if text.first == UInt8(ascii: "[") {
            guard let bracket = text.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let literal = text[..<bracket].dropFirst()
            guard !literal.isEmpty, literal.allSatisfy({ Grammar.isNameByte($0) || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            end = text.index(after: bracket)
        } else {
            end = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
            guard Grammar.isEncoded(text[..<end], Grammar.isNameByte) else { return false }
        }
        let port = text[end...]
        if port.isEmpty { return !needsPort }
        guard port.first == UInt8(ascii: ":"), port.dropFirst().allSatisfy(Grammar.isDigit) else { return false }
        return !needsPort || (port.count > 1 && end != text.startIndex)
    }
}
