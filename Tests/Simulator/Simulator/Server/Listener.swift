import Glibc
import System

/// Calls for IPv4 sockets.
enum Socket {
    /// A non-blocking listening socket. Port 0 selects a free port.
    static func listening(address: String, port: UInt16) throws(SystemError) -> Descriptor {
        let what = "\(address):\(port)"
        let number = try SystemError.check("socket") {
            socket(
                AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        }
        let descriptor = Descriptor(owning: number)
        var on: Int32 = 1
        try SystemError.check("setsockopt SO_REUSEADDR") {
            setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else {
            throw SystemError(operation: "listen address '\(address)'", code: EINVAL)
        }
        try SystemError.check("bind \(what)") {
            withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        try SystemError.check("listen \(what)") { listen(number, 1_024) }
        return descriptor
    }

    /// The local port of the socket.
    static func port(of number: Int32) throws(SystemError) -> UInt16 {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try SystemError.check("getsockname") {
            withUnsafeMutablePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
            }
        }
        return UInt16(bigEndian: name.sin_port)
    }

    /// Accepts a connection; nil if none is waiting or it has failed.
    static func accepted(from listener: Int32) -> Int32? {
        let number = accept(listener, nil, nil)
        guard number >= 0 else { return nil }
        // New sockets have no other flags.
        guard fcntl(number, F_SETFL, O_NONBLOCK) == 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else {
            close(number)
            return nil
        }
        return number
    }

    /// Makes close(2) send an RST.
    static func resetOnClose(_ number: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    enum Transfer {
        case bytes(Int)
        case wouldBlock
        case failed
    }

    /// Sends without SIGPIPE.
    static func send(_ bytes: ArraySlice<UInt8>, to number: Int32) -> Transfer {
        outcome(bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
    }

    /// 0 bytes means the end of the stream.
    static func receive(into buffer: inout [UInt8], from number: Int32) -> Transfer {
        outcome(buffer.withUnsafeMutableBytes { recv(number, $0.baseAddress, $0.count, 0) })
    }

    private static func outcome(_ result: Int) -> Transfer {
        if result >= 0 { return .bytes(result) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed
    }
}
