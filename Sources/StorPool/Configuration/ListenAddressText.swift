/// Where to listen, as `--web.listen-address` names it: `:10058`, `[addr]:port`, `addr:port` or `unix:/path`.
package enum ListenAddressText: Equatable, Sendable {
    /// A TCP port, 0 for one that the kernel chooses. `host` is a name or an address without brackets, one of IPv6
    /// perhaps with a zone (`fe80::1%eth0`); nil means every address of the machine.
    case tcp(host: String?, port: UInt16)
    /// A Unix socket at an absolute path that fits into `sun_path`.
    case unix(path: String)

    /// Reads one address.
    package static func parse(_ text: String) throws(InvalidValue) -> ListenAddressText {
        if text.hasPrefix("unix:") {
            return .unix(path: try socketPath(text.dropFirst("unix:".count), in: text))
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw InvalidValue(text, "has no port: write \":10058\", \"addr:10058\" or \"unix:/path\"")
        }
        guard let port = HostAndPort.port(text[text.index(after: colon)...], allowingZero: true) else {
            throw InvalidValue(text, "does not end in a port (0 to 65535)")
        }
        let host = text[..<colon]
        if host.isEmpty {
            return .tcp(host: nil, port: port)
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            guard isIPv6WithZone(address) else { throw InvalidValue(text, "has no IPv6 address in its brackets") }
            return .tcp(host: String(address), port: port)
        }
        guard !host.contains(":") else {
            throw InvalidValue(text, "has an IPv6 address without brackets: write \"[::1]:10058\"")
        }
        guard HostAndPort.isName(host) else {
            throw InvalidValue(text, "names neither a host nor an address")
        }
        return .tcp(host: String(host), port: port)
    }

    private static func socketPath(_ path: Substring, in text: String) throws(InvalidValue) -> String {
        guard path.hasPrefix("/"), path != "/" else {
            throw InvalidValue(text, "needs an absolute path after \"unix:\"")
        }
        guard path.utf8.count <= Bounds.socketPathBytes else {
            throw InvalidValue(text, "has a path of more than \(Bounds.socketPathBytes) bytes")
        }
        guard !path.utf8.contains(0) else { throw InvalidValue(text, "has a NUL in its path") }
        return String(path)
    }

    /// With the zone of RFC 4007 section 11, which names an interface (`IFNAMSIZ` leaves it 15 bytes).
    private static func isIPv6WithZone(_ address: Substring) -> Bool {
        guard let percent = address.firstIndex(of: "%") else { return HostAndPort.isIPv6(address) }
        let zone = address[address.index(after: percent)...]
        return HostAndPort.isIPv6(address[..<percent]) && (1...15).contains(zone.utf8.count)
            && zone.utf8.allSatisfy { HostAndPort.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
}

extension ListenAddressText: CustomStringConvertible {
    /// In the form that `parse` reads.
    package var description: String {
        switch self {
        case .tcp(let host?, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .tcp(nil, let port): ":\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
