import Glibc
import System

/// Decides which addresses need a socket. A repeated address, or one that a wildcard covers, needs none. Port 0 always needs
/// one, because the kernel chooses a different port each time.
struct ListenPlan {
    /// Ports of addresses without a host.
    private let everywherePorts: Set<UInt16>
    private let texts: Set<String>
    private var used: Set<String> = []

    /// - Parameter resolved: the socket addresses of the addresses with a host.
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

    /// True for the first call with each text.
    mutating func needsSocket(_ text: String) -> Bool {
        used.insert(text).inserted
    }

    /// Whether the socket of this address must not accept IPv4, because another socket accepts it.
    func leavesIPv4(_ address: SocketAddress) -> Bool {
        address.text == wildcard("::", address) && address.port != 0 && texts.contains(wildcard("0.0.0.0", address))
    }

    private func isCovered(_ address: SocketAddress) -> Bool {
        let (ipv4, ipv6) = (wildcard("0.0.0.0", address), wildcard("::", address))
        if address.text == ipv4 || address.text == ipv6 { return false }
        // `[::]` accepts IPv4 too, unless there is a socket for `0.0.0.0`.
        return texts.contains(ipv6) || address.family == AF_INET && texts.contains(ipv4)
    }

    private func wildcard(_ host: String, _ address: SocketAddress) -> String {
        SocketAddress.text(host: host, port: address.port)
    }
}
