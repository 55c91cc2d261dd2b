import Glibc
import System

/// Two connected sockets, closed when dropped.
final class SocketPair {
    let near: Int32
    let far: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try SystemError.check("socketpair") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
        }
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        close(near)
        close(far)
    }

    func sendFromFar() {
        _ = send(far, "x", 1, 0)
    }

    func receiveNear() {
        var byte: UInt8 = 0
        _ = recv(near, &byte, 1, 0)
    }
}
