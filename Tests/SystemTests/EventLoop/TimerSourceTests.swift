import System
import TestSupport
import Testing

@Suite struct TimerSourceTests {
    @Test("A timer fires once each time it is armed, never early")
    func firesOnce() throws {
        let loop = try EventLoop()
        var calls = 0
        let timer = try loop.timer { calls += 1 }
        #expect(!timer.isArmed)
        #expect(try loop.runOnce(timeout: .zero) == false)
        let due = loop.now + .milliseconds(5)
        timer.arm(at: due)
        #expect(timer.isArmed)
        #expect(try loop.turn { calls == 1 })
        #expect(Monotonic.readClock() >= due)
        #expect(!timer.isArmed)
        timer.arm(after: .zero)
        #expect(try loop.turn { calls == 2 })
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test(
        "A timer armed for a past time fires at once",
        arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min / 2)])
    func past(delay: Duration) throws {
        let loop = try EventLoop()
        var calls = 0
        let timer = try loop.timer { calls += 1 }
        timer.arm(after: delay)
        #expect(try loop.turn { calls == 1 })
    }

    @Test(
        "A timer armed for a time after the maximum never fires",
        arguments: [Duration.seconds(Int64.max), .seconds(Int64.max / 1_000_000)])
    func never(delay: Duration) throws {
        let loop = try EventLoop()
        let timer = try loop.timer { Issue.record("fired") }
        timer.arm(after: delay)
        #expect(timer.isArmed)
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test("Arming a timer again replaces its previous time")
    func rearm() throws {
        let loop = try EventLoop()
        var calls = 0
        let timer = try loop.timer { calls += 1 }
        timer.arm(after: .zero)
        timer.disarm()
        #expect(try loop.runOnce(timeout: .zero) == false)
        timer.arm(after: .seconds(3600))
        timer.arm(after: .zero)
        #expect(try loop.turn { calls == 1 })
    }

    @Test("A handler may arm its own timer again")
    func periodic() throws {
        let loop = try EventLoop()
        var calls = 0
        let timer = try loop.timer()
        timer.handler = { [unowned timer] in
            calls += 1
            if calls < 3 { timer.arm(after: .zero) }
        }
        timer.arm(after: .zero)
        #expect(try loop.turn { calls == 3 })
        #expect(try loop.runOnce(timeout: .zero) == false)
    }
}
