import Glibc
import System

/// A listening socket. It accepts no connections until `accepts` is true.
final class Listener {
    /// In the form of `SocketAddress.text`.
    let address: String
    /// Watches for waiting connections.
    let source: IOSource
    let descriptor: Descriptor
    private let ownFile: SocketFile?

    /// - Parameter ownFile: the socket file to remove when the listener is released.
    private init(
        _ descriptor: consuming Descriptor, on loop: EventLoop, ownFile: SocketFile? = nil
    ) throws(SystemError) {
        address = try SocketAddress(of: descriptor).text
        guard try descriptor.option(SO_ACCEPTCONN) != 0 else {
            throw SystemError(operation: "listen on \(address): not a listening stream socket", code: EINVAL)
        }
        source = try loop.watch(descriptor.rawValue)
        self.descriptor = descriptor
        self.ownFile = ownFile
    }

    deinit {
        source.cancel()
        ownFile?.remove()
    }

    /// Permission bits of the socket file that this listener created. Nil for other sockets.
    var fileMode: UInt32? { ownFile?.mode }

    /// While false, clients wait in the kernel.
    var accepts: Bool {
        get { !source.interest.isEmpty }
        set { try? source.setInterest(newValue ? .readable : []) }
    }

    // MARK: Opening

    /// Opens the listeners. A name with several addresses gets several listeners. A repeated address, or one that a
    /// wildcard address covers, gets none.
    static func open(
        _ addresses: [ListenAddress], on loop: EventLoop, backlog: Int32
    ) throws(SystemError) -> [Listener] {
        var resolved: [[SocketAddress]] = []
        for address in addresses {
            if case .tcp(let host?, let port) = address {
                resolved.append(try SocketAddress.resolve(host: host, port: port))
            } else {
                resolved.append([])
            }
        }
        var plan = ListenPlan(addresses, resolved: resolved.flatMap(\.self))
        var listeners: [Listener] = []
        for (address, hostAddresses) in zip(addresses, resolved) {
            switch address {
            case .tcp(nil, let port):
                guard port == 0 || plan.needsSocket(address.description) else { continue }
                listeners.append(try everywhere(port, on: loop, backlog))
            case .tcp:
                listeners += try host(hostAddresses, &plan, on: loop, backlog)
            case .unix(let path):
                guard plan.needsSocket(address.description) else { continue }
                listeners.append(try unix(path, on: loop, backlog))
            case .inherited(let number):
                let descriptor = Descriptor(owning: number)
                try descriptor.neverBlock()
                listeners.append(try Listener(descriptor, on: loop))
            }
        }
        return listeners
    }

    /// Listens on `[::]`, which accepts IPv4 too, or on `0.0.0.0` if the machine has no IPv6.
    private static func everywhere(
        _ port: UInt16, on loop: EventLoop, _ backlog: Int32
    ) throws(SystemError) -> Listener {
        do throws(SystemError) {
            return try wildcard("::", port, on: loop, backlog)
        } catch {
            guard [EAFNOSUPPORT, EADDRNOTAVAIL, EPROTONOSUPPORT].contains(error.code) else { throw error }
            return try wildcard("0.0.0.0", port, on: loop, backlog)
        }
    }

    private static func wildcard(
        _ host: String, _ port: UInt16, on loop: EventLoop, _ backlog: Int32
    ) throws(SystemError) -> Listener {
        guard let address = try SocketAddress.resolve(host: host, port: port).first else {
            throw SystemError(operation: "bind \(SocketAddress.text(host: host, port: port))", code: EADDRNOTAVAIL)
        }
        return try tcp(address, on: loop, backlog)
    }

    /// Listens on the addresses of one host. Skips an address that the machine does not have, such as `::1` without
    /// IPv6. Throws if the machine has none of the addresses.
    private static func host(
        _ addresses: [SocketAddress], _ plan: inout ListenPlan, on loop: EventLoop, _ backlog: Int32
    ) throws(SystemError) -> [Listener] {
        var listeners: [Listener] = []
        var absent: [SystemError] = []
        for address in addresses where plan.needsSocket(address) {
            do throws(SystemError) {
                listeners.append(try tcp(address, on: loop, backlog, onlyIPv6: plan.leavesIPv4(address)))
            } catch {
                guard [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.code) else { throw error }
                absent.append(error)
            }
        }
        if let error = absent.last, absent.count == addresses.count { throw error }
        return listeners
    }

    private static func tcp(
        _ address: SocketAddress, on loop: EventLoop, _ backlog: Int32, onlyIPv6: Bool = false
    ) throws(SystemError) -> Listener {
        let descriptor = try Descriptor.socket(for: address)
        // Without this option, a restart fails while connections of the previous process are in TIME_WAIT.
        try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, to: 1)
        if address.family == AF_INET6 {
            try descriptor.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: onlyIPv6 ? 1 : 0)
        }
        try descriptor.bind(to: address)
        try descriptor.listen(backlog: backlog)
        return try Listener(descriptor, on: loop)
    }

    private static func unix(
        _ path: String, on loop: EventLoop, _ backlog: Int32
    ) throws(SystemError) -> Listener {
        let address = try SocketAddress(unixPath: path)
        let descriptor = try Descriptor.socket(for: address)
        do throws(SystemError) {
            try descriptor.bind(to: address)
        } catch {
            guard error.code == EADDRINUSE, SocketFile(path: path) != nil, try refuses(address) else { throw error }
            try SystemError.check("unlink \(path)") { unsafe unlink(path) }
            try descriptor.bind(to: address)
        }
        let file = SocketFile(path: path)
        do throws(SystemError) {
            try descriptor.listen(backlog: backlog)
            return try Listener(descriptor, on: loop, ownFile: file)
        } catch {
            file?.remove()
            throw error
        }
    }

    /// Whether the socket exists but no process listens on it.
    private static func refuses(_ address: SocketAddress) throws(SystemError) -> Bool {
        let probe = try Descriptor.socket(for: address)
        do throws(SystemError) {
            try probe.connect(to: address)
            return false
        } catch {
            return error.code == ECONNREFUSED
        }
    }
}
