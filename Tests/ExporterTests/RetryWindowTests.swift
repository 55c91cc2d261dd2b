import System
import Testing

@testable import Exporter

@Suite("When a command tries again")
struct RetryWindowTests {
    @Test("pauses double, and the last try begins within 5 s of the first")
    func pauses() {
        var now = Monotonic(microseconds: 1_000_000)
        var window = RetryWindow(at: now)
        var pauses: [Duration] = []
        while let pause = window.pauseAfterFailure(at: now) {
            pauses.append(pause)
            now = now + pause
        }
        #expect(pauses == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
        #expect(window.tries == 5)
    }

    @Test("a try that took long is the only one")
    func longTry() {
        var window = RetryWindow(at: Monotonic(microseconds: 0))
        #expect(window.pauseAfterFailure(at: Monotonic(microseconds: 4_800_000)) == nil)
        #expect(window.tries == 1)
    }
}
