import Glibc
import System

/// A socket that clients connect to.
final class Listener {
    /// As `SocketAddress.text`.
    let address: String
    /// Permission bits of the socket file that this listener made; nil for other sockets.
    var fileMode: UInt32? { ownFile?.mode }
    private let descriptor: Descriptor
    private let ownFile: SocketFile?
    private var source: IOSource?

    private init(descriptor: consuming Descriptor, ownFile: SocketFile? = nil) throws(SystemError) {
        let isListening = try Self.isListening(descriptor.rawValue)
        address = try SocketAddress(of: descriptor.rawValue).text
        guard isListening else {
            throw SystemError(operation: "listen on \(address): not a listening stream socket", code: EINVAL)
        }
        self.descriptor = descriptor
        self.ownFile = ownFile
    }

    deinit {
        source?.cancel()
        ownFile?.remove()
    }

    /// A listener for each address, several for a name with several addresses, none for a repeated address.
    static func open(_ addresses: [ListenAddress], backlog: Int32) throws(SystemError) -> [Listener] {
        var resolved: [[SocketAddress]] = []
        for address in addresses {
            guard case .tcp(let host?, let port) = address else {
                resolved.append([])
                continue
            }
            resolved.append(try SocketAddress.resolve(host: host, port: port))
        }
        var plan = ListenPlan(addresses, resolved: resolved.flatMap(\.self))
        var listeners: [Listener] = []
        for (address, hostAddresses) in zip(addresses, resolved) {
            switch address {
            case .tcp(nil, let port):
                guard port == 0 || plan.needsSocket(address.description) else { continue }
                listeners.append(try everywhere(port: port, backlog: backlog))
            case .tcp:
                listeners += try opened(hostAddresses, plan: &plan, backlog: backlog)
            case .unix(let path):
                guard plan.needsSocket(address.description) else { continue }
                listeners.append(try unix(path, backlog: backlog))
            case .inherited(let number):
                let descriptor = Descriptor(owning: number)
                try setFlags(of: number)
                listeners.append(try Listener(descriptor: descriptor))
            }
        }
        return listeners
    }

    /// Calls `body` with each connection, at most so many at a time, and `failure` when the system refuses to make one.
    func start(
        on loop: EventLoop, acceptsPerTurn: Int, _ body: @escaping (consuming Descriptor) -> Void,
        failure: @escaping () -> Void
    ) throws(SystemError) {
        source = try loop.watch(descriptor.rawValue, .readable) { [weak self] _ in
            for count in 0..<acceptsPerTurn {
                guard let self else { return }
                do throws(SystemError) {
                    guard let client = try accept() else { return }
                    body(client)
                } catch {
                    // Without a descriptor accept(2) fails even where nobody waits; only the first is known to.
                    if count == 0 { failure() }
                    return
                }
            }
        }
    }

    /// Clients that come meanwhile wait in the kernel.
    var isPaused: Bool {
        get { source?.interest.isEmpty ?? true }
        set { try? source?.setInterest(newValue ? [] : .readable) }
    }

    /// - Returns: nil where nobody waits.
    private func accept() throws(SystemError) -> Descriptor? {
        let number = Glibc.accept(descriptor.rawValue, nil, nil)
        if number >= 0 {
            let client = Descriptor(owning: number)
            try Self.setFlags(of: number)
            return client
        }
        switch errno {
        // Nobody, or somebody who has gone: the loop comes back where more are waiting.
        case EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
            ENOPROTOOPT, ENONET:
            return nil
        // Out of descriptors or memory, most likely, which will not change at once.
        case let code: throw SystemError(operation: "accept \(address)", code: code)
        }
    }

    /// Neither waits for anything, nor is inherited by a program that is started.
    private static func setFlags(of descriptor: Int32) throws(SystemError) {
        let flags = try SystemError.check("fcntl \(descriptor)") { fcntl(descriptor, F_GETFL) }
        try SystemError.check("fcntl \(descriptor)") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
        try SystemError.check("fcntl \(descriptor)") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    // MARK: Opening

    /// On `[::]`, which takes IPv4 too, or on `0.0.0.0` where there is no IPv6.
    private static func everywhere(port: UInt16, backlog: Int32) throws(SystemError) -> Listener {
        do throws(SystemError) {
            let addresses = try SocketAddress.resolve(host: "::", port: port)
            return try bound(to: addresses, called: "[::]:\(port)", backlog: backlog)
        } catch {
            guard [EAFNOSUPPORT, EADDRNOTAVAIL, EPROTONOSUPPORT].contains(error.code) else { throw error }
            let addresses = try SocketAddress.resolve(host: "0.0.0.0", port: port)
            return try bound(to: addresses, called: "0.0.0.0:\(port)", backlog: backlog)
        }
    }

    private static func bound(
        to addresses: [SocketAddress], called text: String, backlog: Int32
    ) throws(SystemError) -> Listener {
        guard let address = addresses.first else { throw SystemError(operation: "bind \(text)", code: EADDRNOTAVAIL) }
        return try bound(to: address, called: text, backlog: backlog)
    }

    /// Listens on the addresses of one host. An address that the machine does not have (`::1` without IPv6) is an error
    /// only if all are such.
    private static func opened(
        _ addresses: [SocketAddress], plan: inout ListenPlan, backlog: Int32
    ) throws(SystemError) -> [Listener] {
        var listeners: [Listener] = []
        var absent: [SystemError] = []
        for address in addresses where plan.needsSocket(address) {
            do throws(SystemError) {
                let listener = try bound(
                    to: address, called: address.text, backlog: backlog, onlyIPv6: plan.leavesIPv4(address))
                listeners.append(listener)
            } catch {
                guard [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.code) else { throw error }
                absent.append(error)
            }
        }
        if let error = absent.last, absent.count == addresses.count { throw error }
        return listeners
    }

    private static func bound(
        to address: SocketAddress, called text: String, backlog: Int32, onlyIPv6: Bool = false
    ) throws(SystemError) -> Listener {
        let descriptor = try socket(of: address.family, for: text)
        let number = descriptor.rawValue
        // A restart must not wait until the last connections of the process before are forgotten.
        try setOption(SO_REUSEADDR, of: SOL_SOCKET, to: 1, on: number, for: text)
        if address.family == AF_INET6 {
            try setOption(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), to: onlyIPv6 ? 1 : 0, on: number, for: text)
        }
        try SystemError.check("bind \(text)") { address.withPointer { bind(number, $0, $1) } }
        try SystemError.check("listen \(text)") { listen(number, backlog) }
        return try Listener(descriptor: descriptor)
    }

    private static func unix(_ path: String, backlog: Int32) throws(SystemError) -> Listener {
        let text = "unix:\(path)"
        guard let address = SocketAddress(unixPath: path) else {
            throw SystemError(operation: "bind \(text)", code: ENAMETOOLONG)
        }
        let descriptor = try socket(of: AF_UNIX, for: text)
        let number = descriptor.rawValue
        do throws(SystemError) {
            try SystemError.check("bind \(text)") { address.withPointer { bind(number, $0, $1) } }
        } catch {
            guard error.code == EADDRINUSE, try isStale(address, path: path) else { throw error }
            try SystemError.check("unlink \(path)") { unlink(path) }
            try SystemError.check("bind \(text)") { address.withPointer { bind(number, $0, $1) } }
        }
        let file = SocketFile(path: path)
        do throws(SystemError) {
            try SystemError.check("listen \(text)") { listen(number, backlog) }
            return try Listener(descriptor: descriptor, ownFile: file)
        } catch {
            file?.remove()
            throw error
        }
    }

    /// Whether the file is a socket that refuses connections, because whoever bound it has gone.
    private static func isStale(_ address: SocketAddress, path: String) throws(SystemError) -> Bool {
        guard SocketFile(path: path) != nil else { return false }
        let probe = try socket(of: AF_UNIX, for: "unix:\(path)")
        let number = probe.rawValue
        return address.withPointer { connect(number, $0, $1) } < 0 && errno == ECONNREFUSED
    }

    private static func socket(of family: Int32, for text: String) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try SystemError.check("socket \(text)") { Glibc.socket(family, type, 0) })
    }

    private static func setOption(
        _ name: Int32, of level: Int32, to value: Int32, on descriptor: Int32, for text: String
    ) throws(SystemError) {
        var value = value
        try SystemError.check("setsockopt \(text)") {
            setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func isListening(_ descriptor: Int32) throws(SystemError) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        try SystemError.check("getsockopt \(descriptor)") {
            getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length)
        }
        return value != 0
    }
}
