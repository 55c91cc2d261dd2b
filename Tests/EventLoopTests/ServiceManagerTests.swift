import EventLoop
import Glibc
import Testing

/// Each in a process of its own: the environment belongs to the whole process.
@Suite struct ServiceManagerTests {
    @Test("Started otherwise than by socket activation, there are no sockets")
    func noSockets() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_FDS")
            let sockets = try ServiceManager.inheritedSockets()
            #expect(sockets == [])
        }
    }

    @Test("Sockets meant for another process are not taken")
    func notForUs() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "1", 1)
            setenv("LISTEN_FDS", "1", 1)
            let sockets = try ServiceManager.inheritedSockets()
            #expect(sockets == [])
            #expect(getenv("LISTEN_FDS") == nil)
        }
    }

    @Test("Sockets handed over are returned once, non-blocking and closed on exec")
    func handedOver() async {
        await #expect(processExitsWith: .success) {
            let made = try SystemError.check("socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            // The first descriptor of socket activation is always 3.
            if made != 3 { try SystemError.check("dup2") { dup2(made, 3) } }
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            let sockets = try ServiceManager.inheritedSockets()
            #expect(sockets == [3])
            #expect(fcntl(3, F_GETFL) & O_NONBLOCK != 0)
            #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0)
            let again = try ServiceManager.inheritedSockets()
            #expect(again == [])
        }
    }

    @Test("Notices reach the socket that the manager named")
    func notify() async {
        await #expect(processExitsWith: .success) {
            let path = "/tmp/notify-\(getpid()).socket"
            let receiver = Descriptor(
                owning: try SystemError.check("socket") { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) })
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try SystemError.check("bind") {
                withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(receiver.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            }
            defer { unlink(path) }
            setenv("NOTIFY_SOCKET", path, 1)
            ServiceManager.notify("READY=1\nSTATUS=ready")
            unsetenv("NOTIFY_SOCKET")
            ServiceManager.notify("READY=1")
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = recv(receiver.rawValue, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "READY=1\nSTATUS=ready")
        }
    }

    @Test("The watchdog is fed where the manager asks for it, and only there", arguments: [nil, "20000000"])
    func watchdog(microseconds: String?) async {
        await #expect(processExitsWith: .success) { [microseconds] in
            if let microseconds { setenv("WATCHDOG_USEC", microseconds, 1) } else { unsetenv("WATCHDOG_USEC") }
            unsetenv("WATCHDOG_PID")
            #expect(ServiceManager.startedWithWatchdog == (microseconds != nil))
            let isEnabled = try EventLoop().enableWatchdog()
            #expect(isEnabled == (microseconds != nil))
        }
    }
}
