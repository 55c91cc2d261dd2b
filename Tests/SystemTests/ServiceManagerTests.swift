import Glibc
import System
import TestSupport
import Testing

/// Each test runs in its own process, because it changes the environment of the process.
@Suite struct ServiceManagerTests {
    @Test("Without socket activation there are no sockets")
    func noSockets() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_FDS")
            let sockets = try ServiceManager.inheritedSockets()
            #expect(sockets == [])
        }
    }

    @Test("Sockets for another process are ignored")
    func notForUs() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "1", 1)
            setenv("LISTEN_FDS", "1", 1)
            let sockets = try ServiceManager.inheritedSockets()
            #expect(sockets == [])
            #expect(getenv("LISTEN_FDS") == nil)
        }
    }

    @Test("Inherited sockets are returned once, close-on-exec")
    func handedOver() async {
        await #expect(processExitsWith: .success) {
            // Inherited sockets always begin at descriptor 3, which libdispatch or the test runner may use. The test
            // saves this descriptor and restores it before the first expectation.
            let other = fcntl(3, F_DUPFD_CLOEXEC, 10)
            let made = try SystemError.check("socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            if made != 3 { try SystemError.check("dup2") { dup2(made, 3) } }
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            let sockets = try ServiceManager.inheritedSockets()
            let flags = fcntl(3, F_GETFD)
            let again = try ServiceManager.inheritedSockets()
            if other >= 0 { try SystemError.check("dup2") { dup2(other, 3) } }
            #expect(sockets == [3])
            #expect(flags & FD_CLOEXEC != 0)
            #expect(again == [])
        }
    }

    @Test("Notifications reach the socket of the service manager")
    func notify() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            ServiceManager.notify("READY=1\nSTATUS=ready")
            unsetenv("NOTIFY_SOCKET")
            ServiceManager.notify("READY=1")
            #expect(manager.receive() == "READY=1\nSTATUS=ready")
            #expect(manager.receive() == nil)
        }
    }

    @Test("Watchdog messages are sent as often as requested", arguments: [100_000, 400_000])
    func watchdog(microseconds: UInt64) async {
        await #expect(processExitsWith: .success) { [microseconds] in
            let manager = try NotifySocket()
            setenv("WATCHDOG_USEC", "\(microseconds)", 1)
            unsetenv("WATCHDOG_PID")
            let loop = try EventLoop()
            #expect(try loop.enableWatchdog())
            var pings: [Monotonic] = []
            let deadline = Monotonic.readClock() + patience
            while Monotonic.readClock() < deadline {
                while let message = manager.receive() {
                    #expect(message == "WATCHDOG=1")
                    pings.append(.readClock())
                }
                if pings.count >= 4 { break }
                _ = try loop.runOnce(timeout: deadline - .readClock())
            }
            try #require(pings.count >= 4)
        }
    }

    @Test("Watchdog messages are not sent unless requested")
    func noWatchdog() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            unsetenv("WATCHDOG_USEC")
            let loop = try EventLoop()
            #expect(try !loop.enableWatchdog())
            _ = try loop.runOnce(timeout: .milliseconds(20))
            #expect(manager.receive() == nil)
        }
    }
}

/// The socket of a simulated service manager. This process sends its notifications to it.
private final class NotifySocket {
    private let path = "/tmp/notify-\(getpid()).socket"
    private let receiver: Descriptor

    init() throws {
        let address = try SocketAddress(unixPath: path)
        receiver = try Descriptor.socket(for: address, isDatagram: true)
        try receiver.bind(to: address)
        setenv("NOTIFY_SOCKET", path, 1)
    }

    deinit {
        unsetenv("NOTIFY_SOCKET")
        unlink(path)
    }

    /// The next message, if one has arrived.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 100)
        guard let count = try? receiver.receive(into: &bytes) else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
