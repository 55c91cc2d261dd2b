/// Decides which of several addresses need a socket, so that an address that is given twice, or that another one covers,
/// is used once. Port 0 is a different port each time.
struct ListenPlan {
    /// Ports of addresses without a host.
    private let everyAddressPorts: Set<UInt16>
    private let texts: Set<String>
    private var used: Set<String> = []

    /// - Parameter resolved: the socket addresses of those that have a host.
    init(_ addresses: [ListenAddress], resolved: [SocketAddress]) {
        everyAddressPorts = Set(
            addresses.compactMap { address in
                if case .tcp(nil, let port) = address, port != 0 { port } else { nil }
            })
        texts = Set(resolved.map(\.text))
    }

    /// True once for each address that no other one covers.
    mutating func needsSocket(_ address: SocketAddress) -> Bool {
        if address.port == 0 { return true }
        if everyAddressPorts.contains(address.port) { return false }
        if !address.isWildcard, isCoveredByWildcard(address) { return false }
        return needsSocket(address.text)
    }

    /// True once for each text, such as a path.
    mutating func needsSocket(_ text: String) -> Bool {
        used.insert(text).inserted
    }

    /// Whether a socket for this address must leave IPv4 to another one of the same port.
    func leavesIPv4(_ address: SocketAddress) -> Bool {
        address.isWildcard && address.port != 0 && texts.contains(SocketAddress.everyIPv4Text(address.port))
    }

    private func isCoveredByWildcard(_ address: SocketAddress) -> Bool {
        let everyIPv4 = texts.contains(SocketAddress.everyIPv4Text(address.port))
        let everyIPv6 = texts.contains(SocketAddress.everyIPv6Text(address.port))
        // `[::]` takes IPv4 too, unless `0.0.0.0` does.
        return address.isIPv6 ? everyIPv6 : everyIPv4 || everyIPv6
    }
}
