import Glibc
import System
import TestSupport
import Testing

@Suite struct SignalSourceTests {
    @Test("A signal of this thread arrives as an event")
    func arrives() throws {
        let loop = try EventLoop()
        var calls = 0
        let source = try loop.signal(SIGUSR2) { calls += 1 }
        // raise(3) signals only the calling thread.
        raise(SIGUSR2)
        #expect(try loop.turn { calls == 1 })
        source.cancel()
    }

    @Test("A signal is reported before other events")
    func order() throws {
        let loop = try EventLoop()
        var calls: [String] = []
        let other = try loop.deferred { calls.append("other") }
        let source = try loop.signal(SIGUSR2) { calls.append("signal") }
        other.arm()
        raise(SIGUSR2)
        #expect(try loop.turn { calls.count == 2 })
        #expect(calls == ["signal", "other"])
        source.cancel()
    }

    @Test("An invalid signal number is an error")
    func noSignal() throws {
        let loop = try EventLoop()
        #expect(throws: SystemError(operation: "sigaddset 1000", code: EINVAL)) {
            _ = try loop.signal(1000) {}
        }
    }
}
