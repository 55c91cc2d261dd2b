import Glibc
package import System

/// Maximum time to wait for an event. Only a failing test waits this long.
package let patience = Duration.seconds(30)

extension EventLoop {
    /// Runs the loop until the condition is true. Returns false if this takes longer than `patience`.
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

/// Opens a stream socket and connects it to the address.
package func connectedSocket(to address: SocketAddress, receiveBuffer: Int32? = nil) throws(SystemError) -> Descriptor {
    // A blocking socket, because a non-blocking one might not be connected when this function returns.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(owning: try SystemError.check("socket") { socket(address.family, type, 0) })
    if let receiveBuffer { try descriptor.setOption(SOL_SOCKET, SO_RCVBUF, to: receiveBuffer) }
    try descriptor.connect(to: address)
    try descriptor.neverBlock()
    return descriptor
}

/// The number of sockets of this process that are bound to this IPv4 port.
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
