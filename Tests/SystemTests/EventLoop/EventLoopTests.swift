import Glibc
import System
import TestSupport
import Testing

@Suite struct EventLoopTests {
    @Test("run returns the first exit code and then calls no handler")
    func exitCode() throws {
        let loop = try EventLoop()
        var calls = 0
        let sources = try (0..<2).map { _ in
            try loop.deferred {
                calls += 1
                loop.exit(code: 7)
                loop.exit(code: 9)
            }
        }
        for source in sources { source.arm() }
        #expect(!loop.isExiting)
        #expect(try loop.run() == 7)
        #expect(loop.isExiting)
        #expect(calls == 1)
    }

    @Test("Arming after exit does nothing")
    func nothingIsArmedAfterExit() throws {
        let loop = try EventLoop()
        let timer = try loop.timer {}
        let deferred = try loop.deferred {}
        loop.exit(code: 0)
        timer.arm(after: .zero)
        deferred.arm()
        #expect(!timer.isArmed)
        #expect(!deferred.isArmed)
        #expect(try loop.run() == 0)
        timer.disarm()
        #expect(try loop.runOnce(timeout: nil) == false)
    }

    @Test("runOnce returns false after its timeout")
    func timeIsUp() throws {
        let loop = try EventLoop()
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test("takeLongestCall returns the longest call since its last use")
    func longestCall() throws {
        let loop = try EventLoop()
        let long = Duration.milliseconds(20)
        let busy = try loop.deferred(owner: "busy") {
            let end = Monotonic.readClock() + long
            while Monotonic.readClock() < end {}
        }
        var calls = 0
        let quick = try loop.deferred { calls += 1 }
        #expect(loop.takeLongestCall()?.duration == nil)
        busy.arm()
        quick.arm()
        #expect(try loop.turn { calls == 1 })
        let call = try #require(loop.takeLongestCall())
        #expect(call.owner.description == "busy")
        #expect(call.duration >= long)
        #expect(loop.takeLongestCall()?.duration == nil)
        quick.arm()
        #expect(try loop.turn { calls == 2 })
        #expect(loop.takeLongestCall()?.owner.description == "SystemTests/EventLoopTests.swift")
    }

    @Test("now is constant during a loop turn and does not go back")
    func now() throws {
        let loop = try EventLoop()
        let before = loop.now
        var seen: [Monotonic] = []
        let source = try loop.deferred {
            seen.append(loop.now)
            while Monotonic.readClock() <= loop.now {}
            seen.append(loop.now)
        }
        source.arm()
        #expect(try loop.turn { !seen.isEmpty })
        #expect(seen[0] == seen[1])
        #expect(seen[0] >= before)
    }

    @Test("A loop is freed when its last source is freed")
    func leaksNothing() async {
        // This test runs in its own process, because other tests open descriptors.
        await #expect(processExitsWith: .success) {
            let before = try openDescriptors().count
            weak var gone: EventLoop?
            for _ in 0..<100 {
                let loop = try EventLoop()
                gone = loop
                let pair = try SocketPair()
                let watch = try loop.watch(pair.near, .readable) { _ in }
                let signal = try loop.signal(SIGUSR2) {}
                let timer = try loop.timer { [weak loop] in loop?.exit(code: 0) }
                timer.arm(after: .zero)
                _ = try loop.run()
                withExtendedLifetime((watch, signal)) {}
            }
            #expect(gone == nil)
            #expect(try openDescriptors().count < before + ownDescriptors)
        }
    }
}
