package import Text

/// The base URL of a StorPool management API: plain HTTP, a host, a port, and the fixed path `/ctrl/1.0/`.
package struct APIURL: Equatable, Sendable, CustomStringConvertible {
    /// Such as `http://127.0.0.1:81/ctrl/1.0/`. Append the name of a call.
    package let text: String

    package var description: String { text }

    /// - Parameters:
    ///   - host: value of `SP_API_HTTP_HOST`, a name or an address. An IPv6 address may be in brackets.
    ///   - port: value of `SP_API_HTTP_PORT`.
    package init(host: String, port: String) throws(InvalidValue) {
        self.init(urlHost: try Self.host(host), port: try Self.port(port))
    }

    /// - Parameter url: `http://host:port`, optionally followed by `/`, `/ctrl/1.0` or `/ctrl/1.0/`. The port is
    ///   required, because the default of HTTP (80) differs from StorPool's default (81).
    package init(_ url: String) throws(InvalidValue) {
        guard let scheme = url.firstRange(of: "://"), url[..<scheme.lowerBound].lowercased() == "http" else {
            throw InvalidValue(url, "does not start with http://, the only protocol of the StorPool API")
        }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard ["", "/", "/ctrl/1.0", Self.path].contains(String(rest.dropFirst(authority.count))) else {
            throw InvalidValue(url, "has a path other than \(Self.path)")
        }
        guard !authority.contains("@") else {
            throw InvalidValue(
                "http://…", "contains a user name; the API only accepts a token, see --storpool.token-file")
        }
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            throw InvalidValue(url, "has no port; StorPool's default is 81")
        }
        let host = authority[..<colon]
        guard !host.contains(":") || host.hasPrefix("[") else {
            throw InvalidValue(url, "has an IPv6 address without brackets")
        }
        try self.init(host: String(host), port: String(authority[authority.index(after: colon)...]))
    }

    private static let path = "/ctrl/1.0/"

    /// - Parameter urlHost: a result of `host(_:)`.
    init(urlHost: String, port: UInt16) {
        text = "http://\(urlHost):\(port)\(Self.path)"
    }

    /// Returns the host as it is written in URLs, an IPv6 address in brackets.
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
