import EventLoop
import Glibc

/// Longer than anything here takes on the slowest machine; reached only by a test that fails.
let patience = Duration.seconds(20)

extension EventLoop {
    /// Turns until `condition` holds; false if it does not within the patience of a test.
    func turn(until condition: () -> Bool) throws -> Bool {
        let deadline = Monotonic.readClock() + patience
        while !condition() {
            let left = deadline - Monotonic.readClock()
            if left <= .zero { return false }
            _ = try runOnce(timeout: left)
        }
        return true
    }
}

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
