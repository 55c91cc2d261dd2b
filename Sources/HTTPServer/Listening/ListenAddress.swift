package import Text

/// An address to listen on.
package enum ListenAddress: Equatable, Sendable {
    /// `host` is a name or an address without brackets. Nil means every address of the machine. A name is resolved
    /// once, to all its addresses. An IPv6 address may have a zone (`fe80::1%eth0`). For port 0, the kernel chooses a
    /// port.
    case tcp(host: String?, port: UInt16)
    /// A Unix socket at an absolute path. If a socket file exists there but no process listens on it, the file is
    /// replaced.
    case unix(path: String)
    /// A listening socket from socket activation. The server closes it.
    case inherited(Int32)

    /// Size of `sun_path` without the final NUL (unix(7)).
    private static let maximumPathBytes = 107

    /// Parses `:10058`, `[addr]:port`, `addr:port` or `unix:/path`.
    package init(_ text: String) throws(InvalidValue) {
        if text.hasPrefix("unix:") {
            self = .unix(path: try Self.path(text.dropFirst("unix:".count), in: text))
            return
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw InvalidValue(text, "has no port: write \":10058\", \"addr:10058\" or \"unix:/path\"")
        }
        guard let port = HostAndPort.port(text[text.index(after: colon)...], allowingZero: true) else {
            throw InvalidValue(text, "does not end in a port (0 to 65535)")
        }
        self = .tcp(host: try Self.host(text[..<colon], in: text), port: port)
    }

    private static func host(_ host: Substring, in text: String) throws(InvalidValue) -> String? {
        if host.isEmpty { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            guard isIPv6WithZone(address) else { throw InvalidValue(text, "has no IPv6 address in its brackets") }
            return String(address)
        }
        guard !host.contains(":") else {
            throw InvalidValue(text, "has an IPv6 address without brackets: write \"[::1]:10058\"")
        }
        guard HostAndPort.isName(host) else { throw InvalidValue(text, "contains neither a host nor an address") }
        return String(host)
    }

    private static func path(_ path: Substring, in text: String) throws(InvalidValue) -> String {
        guard path.hasPrefix("/"), path != "/" else {
            throw InvalidValue(text, "needs an absolute path after \"unix:\"")
        }
        guard path.utf8.count <= maximumPathBytes else {
            throw InvalidValue(text, "has a path of more than \(maximumPathBytes) bytes")
        }
        guard !path.utf8.contains(0) else { throw InvalidValue(text, "has a NUL in its path") }
        return String(path)
    }

    /// Whether the text is an IPv6 address, with or without a zone. A zone is the name of a network interface (RFC 4007
    /// section 11) of at most 15 bytes (`IFNAMSIZ` − 1).
    private static func isIPv6WithZone(_ address: Substring) -> Bool {
        guard let percent = address.firstIndex(of: "%") else { return HostAndPort.isIPv6(address) }
        let zone = address[address.index(after: percent)...]
        return HostAndPort.isIPv6(address[..<percent]) && (1...15).contains(zone.utf8.count)
            && zone.utf8.allSatisfy { $0.isDigit || $0.isLetter || "._-".utf8.contains($0) }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// In the form that `init` parses, except for `inherited`.
    package var description: String {
        switch self {
        case .tcp(nil, let port): ":\(port)"
        case .tcp(let host?, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor): "descriptor \(descriptor)"
        }
    }
}
