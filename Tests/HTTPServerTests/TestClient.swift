import Glibc
import System

/// A client on the server's own loop: it sends what it is told, and collects what comes while it reads.
final class TestClient {
    private let loop: EventLoop
    private var descriptor: Int32
    private let source: IOSource
    private var outgoing: [UInt8] = []
    private var receives = true
    private(set) var received: [UInt8] = []
    /// The server has ended its side, in good order.
    private(set) var isEnded = false
    /// The connection broke.
    private(set) var failure: Int32?

    init(_ loop: EventLoop, to address: String, receiveBuffer: Int32? = nil) throws {
        self.loop = loop
        let isUnix = address.hasPrefix("unix:")
        let isIPv6 = address.hasPrefix("[")
        let family = isUnix ? AF_UNIX : isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try SystemError.check("socket") { socket(family, type, 0) }
        descriptor = number
        if var size = receiveBuffer {
            setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        if isUnix {
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address.utf8.dropFirst("unix:".count)) }
            try Self.connect(number, to: &name)
        } else if isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_addr = in6addr_loopback
            name.sin6_port = Self.port(of: address).bigEndian
            try Self.connect(number, to: &name)
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
            name.sin_port = Self.port(of: address).bigEndian
            try Self.connect(number, to: &name)
        }
        source = try loop.watch(number, .readable)
        source.handler = { [unowned self] in becameReady($0) }
    }

    deinit {
        close()
    }

    static func port(of address: String) -> UInt16 {
        UInt16(address.split(separator: ":").last ?? "") ?? 0
    }

    private static func connect<Name>(_ descriptor: Int32, to name: inout Name) throws {
        let length = socklen_t(MemoryLayout<Name>.size)
        try SystemError.check("connect") {
            withUnsafeBytes(of: &name) { bytes -> Int32 in
                guard let address = bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
                return Glibc.connect(descriptor, address, length)
            }
        }
        try SystemError.check("fcntl") { fcntl(descriptor, F_SETFL, O_RDWR | O_NONBLOCK) }
    }

    var text: String {
        String(decoding: received, as: UTF8.self)
    }

    /// Replies that came so far, by their status lines.
    var statuses: [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix { $0 != "\r\n" }) }
    }

    func send(_ text: String) {
        outgoing += Array(text.utf8)
        flush()
    }

    /// Sends no more, but reads on.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Leaves in the kernel what comes.
    func stopReceiving() {
        receives = false
        updateInterest()
    }

    func close() {
        source.cancel()
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Closes so that the server gets a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private func becameReady(_ readiness: Readiness) {
        if receives { receive() }
        if !outgoing.isEmpty { flush() }
        updateInterest()
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            received += buffer.prefix(count)
        } else if count == 0 {
            isEnded = true
        } else if errno != EAGAIN {
            failure = errno
        }
    }

    private func flush() {
        while !outgoing.isEmpty {
            let count = Glibc.send(descriptor, outgoing, min(outgoing.count, 65_536), Int32(MSG_NOSIGNAL))
            guard count > 0 else {
                // A broken connection shows up again when reading, after what the server had sent.
                if errno != EAGAIN { outgoing = [] }
                break
            }
            outgoing.removeFirst(count)
        }
        updateInterest()
    }

    private func updateInterest() {
        var interest: Interest = []
        if receives, !isEnded, failure == nil { interest.insert(.readable) }
        if !outgoing.isEmpty { interest.insert(.writable) }
        try? source.setInterest(interest)
    }
}
