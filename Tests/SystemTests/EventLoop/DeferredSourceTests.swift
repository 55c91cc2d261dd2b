import System
import TestSupport
import Testing

@Suite struct DeferredSourceTests {
    @Test("Deferred work runs once each time it is armed")
    func once() throws {
        let loop = try EventLoop()
        var calls = 0
        let work = try loop.deferred { calls += 1 }
        #expect(try loop.runOnce(timeout: .zero) == false)
        work.arm()
        work.arm()
        #expect(calls == 0)
        #expect(work.isArmed)
        #expect(try loop.turn { calls == 1 })
        #expect(!work.isArmed)
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test("Work that arms itself again does not block other sources")
    func fairness() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var served = false
        let work = try loop.deferred()
        work.handler = { [unowned work] in work.arm() }
        work.arm()
        let source = try loop.watch(pair.near, .writable) { _ in served = true }
        #expect(try loop.turn { served })
        withExtendedLifetime((source, work)) {}
    }

    @Test("Disarmed or dropped work does not run")
    func disarm() throws {
        let loop = try EventLoop()
        var work: DeferredSource? = try loop.deferred { Issue.record("ran") }
        work?.arm()
        work?.disarm()
        #expect(try loop.runOnce(timeout: .zero) == false)
        work?.arm()
        work = nil
        #expect(try loop.runOnce(timeout: .zero) == false)
    }
}
