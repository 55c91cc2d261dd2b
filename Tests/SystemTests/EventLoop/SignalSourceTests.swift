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
        // raise(3) signals the calling thread alone, so that no other test's thread can take it.
        raise(SIGUSR2)
        #expect(try loop.turn { calls == 1 })
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
