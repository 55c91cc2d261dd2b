import Text

/// The second word of a request line (RFC 9112 section 3.2).
package enum RequestTarget {
    /// Returns the value of `Request.path`. The query is dropped.
    static func path(_ text: ArraySlice<UInt8>, method: Request.Method) throws(RequestFailure) -> String {
        if method == .connect {
            guard Grammar.isHost(text, needsPort: true) else { throw .invalidTarget }
            return ""
        }
        if text.elementsEqual("*".utf8) {
            guard method == .options else { throw .invalidTarget }
            return "*"
        }
        return text.first == UInt8(ascii: "/") ? try origin(text) : try absolute(text, method: method)
    }

    /// The path of `/path?query`.
    private static func origin(_ text: ArraySlice<UInt8>) throws(RequestFailure) -> String {
        let path = text.prefix { $0 != UInt8(ascii: "?") }
        guard Grammar.isEncoded(path, Grammar.isPathByte), text[path.endIndex...].allSatisfy(isQueryByte) else {
            throw .invalidTarget
        }
        return normalized(String(decoding: path, as: UTF8.self))
    }

    /// Allows more than RFC 3986 section 3.4. Prometheus and browsers send brackets, braces and UTF-8 bytes unescaped.
    /// Browsers send a `%` without hexadecimal digits. A fragment (`#`) is not allowed.
    private static func isQueryByte(_ byte: UInt8) -> Bool {
        byte > Grammar.space && byte != 0x7f && byte != UInt8(ascii: "#")
    }

    /// The path of `http://host/path?query`. User information is refused (RFC 9110 section 4.2.4).
    private static func absolute(
        _ text: ArraySlice<UInt8>, method: Request.Method
    ) throws(RequestFailure) -> String {
        let scheme = text.prefix { $0 != UInt8(ascii: ":") }
        let rest = text[scheme.endIndex...]
        guard ["http", "https"].contains(String(decoding: scheme, as: UTF8.self).lowercased()),
            rest.starts(with: "://".utf8)
        else { throw .invalidTarget }
        let host = rest.dropFirst(3).prefix { !"/?".utf8.contains($0) }
        guard let first = host.first, first != UInt8(ascii: ":"), Grammar.isHost(host) else { throw .invalidTarget }
        // OPTIONS with a URI without path and query is about the whole server (RFC 9112 section 3.2.4).
        if method == .options, host.endIndex == text.endIndex { return "*" }
        let path = try origin(text[host.endIndex...])
        return path.isEmpty ? "/" : path
    }

    /// Returns the normal form of a path (RFC 3986 section 6.2.2). Unreserved bytes are not percent-encoded, and
    /// hexadecimal digits are upper case. `%2F` and dot segments (`.` and `..`) are kept.
    package static func normalized(_ path: String) -> String {
        var result: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let high = rest.first?.hexValue, let low = rest.dropFirst().first?.hexValue
            else {
                result.append(byte)
                continue
            }
            rest = rest.dropFirst(2)
            let decoded = high << 4 | low
            if Grammar.isUnreserved(decoded) {
                result.append(decoded)
            } else {
                result += [byte] + [high, low].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "A") - 10 + $0 }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
