import Glibc
import System

/// Decides which addresses need a socket of their own. A repeated address needs none, and neither does an address that
/// a wildcard address covers. An address with port 0 always needs one, because the kernel chooses a different port each
/// time.
struct ListenPlan {
    /// Ports of the addresses without a host, except port 0.
    private let everywherePorts: Set<UInt16>
    private let texts: Set<String>
    private var used: Set<String> = []

    /// - Parameter resolved: the socket addresses to which the addresses with a host were resolved.
    init(_ addresses: [ListenAddress], resolved: [SocketAddress]) {
        everywherePorts = Set(
            addresses.compactMap { address in
                if case .tcp(nil, let port) = address, port != 0 { port } else { nil }
            })
        texts = Set(resolved.map(\.text))
    }

    mutating func needsSocket(_ address: SocketAddress) -> Bool {
        if address.port == 0 { return true }
        if everywherePorts.contains(address.port) || isCovered(address) { return false }
        return needsSocket(address.text)
    }

    /// True only for the first call with this text.
    mutating func needsSocket(_ text: String) -> Bool {
        used.insert(text).inserted
    }

    /// Whether this address is `[::]` and its socket must not accept IPv4, because `0.0.0.0` has its own socket.
    func leavesIPv4(_ address: SocketAddress) -> Bool {
        address.text == wildcard("::", address) && address.port != 0 && texts.contains(wildcard("0.0.0.0", address))
    }

    private func isCovered(_ address: SocketAddress) -> Bool {
        let (ipv4, ipv6) = (wildcard("0.0.0.0", address), wildcard("::", address))
        if address.text == ipv4 || address.text == ipv6 { return false }
        // `[::]` also covers IPv4 addresses. If `0.0.0.0` has its own socket, that socket covers them instead.
        return texts.contains(ipv6) || address.family == AF_INET && texts.contains(ipv4)
    }

    private func wildcard(_ host: String, _ address: SocketAddress) -> String {
        SocketAddress.text(host: host, port: address.port)
    }
}
