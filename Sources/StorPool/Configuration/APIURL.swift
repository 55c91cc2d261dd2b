/// The base URL of a StorPool management API: plain HTTP, a host, a port, and the fixed path `/ctrl/1.0/`.
package struct APIURL: Equatable, Sendable, CustomStringConvertible {
    /// Such as `http://127.0.0.1:81/ctrl/1.0/`; the name of a query follows it. An IPv6 address is in brackets.
    package let text: String

    /// The same as `text`.
    package var description: String { text }

    /// From `SP_API_HTTP_HOST` (a name or an address; one of IPv6 with or without brackets) and `SP_API_HTTP_PORT`.
    package init(host: String, port: String) throws(InvalidValue) {
        self.init(urlHost: try Self.host(host), port: try Self.port(port))
    }

    /// From `http://host:port`, which `/`, `/ctrl/1.0` or `/ctrl/1.0/` may follow.
    ///
    /// The port is required: HTTP's default is 80, StorPool's is 81, and which one was meant cannot be known.
    package init(_ url: String) throws(InvalidValue) {
        guard let scheme = url.firstRange(of: "://"), url[..<scheme.lowerBound].lowercased() == "http" else {
            throw InvalidValue(url, "does not start with http://, the one protocol that the StorPool API speaks")
        }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard ["", "/", "/ctrl/1.0", Self.path].contains(String(rest.dropFirst(authority.count))) else {
            throw InvalidValue(url, "has a path other than \(Self.path)")
        }
        guard !authority.contains("@") else {
            throw InvalidValue("http://…", "has a user in it; the API knows tokens only, see --storpool.token-file")
        }
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            throw InvalidValue(url, "names no port; StorPool's is usually 81")
        }
        let host = authority[..<colon]
        guard !host.contains(":") || host.hasPrefix("[") else {
            throw InvalidValue(url, "has an IPv6 address without brackets")
        }
        try self.init(host: String(host), port: String(authority[authority.index(after: colon)...]))
    }

    private static let path = "/ctrl/1.0/"

    /// - Parameter urlHost: as `host(_:)` returns it.
    init(urlHost: String, port: UInt16) {
        text = "http://\(urlHost):\(port)\(Self.path)"
    }

    /// A host as it stands in a URL.
    static func host(_ text: String) throws(InvalidValue) -> String {
        if HostAndPort.isName(text) { return text }
        if HostAndPort.isIPv6(text) { return "[\(text)]" }
        guard text.hasPrefix("["), text.hasSuffix("]"), HostAndPort.isIPv6(text.dropFirst().dropLast()) else {
            throw InvalidValue(text, "is neither a host name nor an address")
        }
        return text
    }

    static func port(_ text: String) throws(InvalidValue) -> UInt16 {
        guard let port = HostAndPort.port(text) else { throw InvalidValue(text, "is not a port (1 to 65535)") }
        return port
    }
}
