import Testing

@testable import Exporter

@Suite("The schedule of polls")
struct RetryScheduleTests {
    @Test("pauses after failures double from one second up to the interval")
    func pauses() {
        var schedule = RetrySchedule(interval: .seconds(10))
        let pauses = (0..<6).map { _ in schedule.afterFailure() }
        #expect(pauses == [1, 2, 4, 8, 10, 10].map { Duration.seconds($0) })
    }

    @Test("a success brings back the interval, and short pauses for the failures after it")
    func success() {
        var schedule = RetrySchedule(interval: .seconds(60))
        for _ in 0..<3 { _ = schedule.afterFailure() }
        #expect(schedule.afterSuccess() == .seconds(60))
        #expect(schedule.afterFailure() == .seconds(1))
    }

    @Test("no pause is longer than the interval")
    func shortInterval() {
        var schedule = RetrySchedule(interval: .seconds(1))
        #expect((0..<3).map { _ in schedule.afterFailure() } == [1, 1, 1].map { Duration.seconds($0) })
    }
}
