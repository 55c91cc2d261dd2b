import Glibc
import System
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
            // The first descriptor of socket activation is always 3, which libdispatch or whoever tells what this process
            // finds may have: nothing is expected before that is back in its place.
            let other = fcntl(3, F_DUPFD_CLOEXEC, 10)
            let made = try SystemError.check("socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            if made != 3 { try SystemError.check("dup2") { dup2(made, 3) } }
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            let sockets = try ServiceManager.inheritedSockets()
            let (status, flags) = (fcntl(3, F_GETFL), fcntl(3, F_GETFD))
            let again = try ServiceManager.inheritedSockets()
            if other >= 0 { try SystemError.check("dup2") { dup2(other, 3) } }
            #expect(sockets == [3])
            #expect(status & O_NONBLOCK != 0)
            #expect(flags & FD_CLOEXEC != 0)
            #expect(again == [])
        }
    }

    @Test("Notices reach the socket that the manager named")
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

    @Test("The watchdog is fed where the manager asks for it, as often as it asks", arguments: [100_000, 400_000])
    func watchdog(microseconds: UInt64) async {
        await #expect(processExitsWith: .success) { [microseconds] in
            let manager = try NotifySocket()
            setenv("WATCHDOG_USEC", "\(microseconds)", 1)
            unsetenv("WATCHDOG_PID")
            #expect(ServiceManager.startedWithWatchdog)
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
                // Nothing but the watchdog ends the wait; a loop that turns for other reasons feeds it on the way.
                _ = try loop.runOnce(timeout: deadline - .readClock())
            }
            try #require(pings.count >= 4)
            // The first at once; then after half of the time at least.
            #expect(pings[3] - pings[0] > .microseconds(microseconds))
        }
    }

    @Test("Where the manager does not ask for it, no watchdog is fed")
    func noWatchdog() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            unsetenv("WATCHDOG_USEC")
            #expect(!ServiceManager.startedWithWatchdog)
            let loop = try EventLoop()
            #expect(try !loop.enableWatchdog())
            _ = try loop.runOnce(timeout: .milliseconds(20))
            #expect(manager.receive() == nil)
        }
    }
}
