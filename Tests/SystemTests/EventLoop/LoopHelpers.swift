import Glibc
import System

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

/// What a service manager hears of this process, for as long as this lives; in a process of its own.
final class NotifySocket {
    private let path = "/tmp/notify-\(getpid()).socket"
    private let receiver: Int32

    init() throws {
        receiver = try SystemError.check("socket") { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try SystemError.check("bind") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(receiver, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        setenv("NOTIFY_SOCKET", path, 1)
    }

    deinit {
        unsetenv("NOTIFY_SOCKET")
        close(receiver)
        unlink(path)
    }

    /// The next message, if one has come.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = recv(receiver, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
