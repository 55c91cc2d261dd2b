import System
import Testing

@testable import Exporter

@Suite("Poll schedule")
struct RetryScheduleTests {
    private let start = Monotonic(microseconds: 1_000_000_000)

    /// The pauses after `count` failures in a row.
    private func pauses(_ count: Int, _ schedule: inout RetrySchedule) -> [Duration] {
        (0..<count).map { _ in schedule.next(after: .failure, began: start, now: start) - start }
    }

    @Test("pauses double from one second up to the interval")
    func doubling() {
        var schedule = RetrySchedule(interval: .seconds(10))
        #expect(pauses(6, &schedule) == [1, 2, 4, 8, 10, 10].map { Duration.seconds($0) })
    }

    @Test("no pause after a failure is longer than the interval")
    func shortInterval() {
        var schedule = RetrySchedule(interval: .seconds(1))
        #expect(pauses(3, &schedule) == [1, 1, 1].map { Duration.seconds($0) })
    }

    @Test("an interval separates the starts of successful polls")
    func success() {
        var schedule = RetrySchedule(interval: .seconds(60))
        _ = pauses(3, &schedule)
        #expect(
            schedule.next(after: .success, began: start, now: start + .seconds(5)) == start + .seconds(60))
        #expect(pauses(1, &schedule) == [.seconds(1)])
    }

    @Test("after a long poll, the next one starts at once")
    func longPoll() {
        var schedule = RetrySchedule(interval: .seconds(2))
        let end = start + .seconds(7)
        #expect(schedule.next(after: .success, began: start, now: end) == end)
    }
}

@Suite("Retries of a command")
struct RetryWindowTests {
    @Test("pauses double, and the last retry starts within 5 s")
    func pauses() {
        var now = Monotonic(microseconds: 1_000_000)
        var window = RetryWindow(at: now)
        var pauses: [Duration] = []
        while let pause = window.pauseAfterFailure(at: now) {
            pauses.append(pause)
            now = now + pause
        }
        #expect(pauses == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
        #expect(window.attempts == 5)
    }

    @Test("a long attempt is not repeated")
    func longAttempt() {
        var window = RetryWindow(at: Monotonic(microseconds: 0))
        #expect(window.pauseAfterFailure(at: Monotonic(microseconds: 4_800_000)) == nil)
        #expect(window.attempts == 1)
    }
}
