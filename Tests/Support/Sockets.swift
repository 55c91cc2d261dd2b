import Glibc
package import System

/// Longer than any test takes on the slowest machine, so only a failing test waits for so long.
package let patience = Duration.seconds(30)

extension EventLoop {
    /// Runs the loop until the condition is true; false if that takes longer than `patience`.
    package func turn(until condition: () -> Bool) throws(SystemError) -> Bool {
        let deadline = Monotonic.readClock() + patience
        while !condition() {
            let left = deadline - Monotonic.readClock()
            if left <= .zero { return false }
            _ = try runOnce(timeout: left)
        }
        return true
    }
}

/// A connected stream socket.
package func connectedSocket(to address: SocketAddress, receiveBuffer: Int32? = nil) throws(SystemError) -> Descriptor {
    // Connecting a non-blocking socket might not be complete when this function returns.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(owning: try SystemError.check("socket") { socket(address.family, type, 0) })
    if let receiveBuffer { try descriptor.setOption(SOL_SOCKET, SO_RCVBUF, to: receiveBuffer) }
    try descriptor.connect(to: address)
    try descriptor.neverBlock()
    return descriptor
}

/// Sockets of this process that are bound to an IPv4 port.
package func openSockets(boundTo port: UInt16) -> Int {
    (0..<Int32(65_536)).count { descriptor in
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &name) { bytes in
            bytes.bindMemory(to: sockaddr.self).baseAddress.map { getsockname(descriptor, $0, &length) } ?? -1
        }
        return result == 0 && name.sin_family == AF_INET && UInt16(bigEndian: name.sin_port) == port
    }
}
