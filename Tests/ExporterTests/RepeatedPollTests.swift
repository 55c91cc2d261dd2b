import Exposition
import System
import Testing

@testable import Exporter

@Suite("Repeated poll")
struct RepeatedPollTests {
    private final class Attempt: PollAttempt {
        var receivedBytes: UInt64 = 10
        var waitingSince: Monotonic?
        init(waitingSince: Monotonic?) { self.waitingSince = waitingSince }
    }

    /// A poll whose clock and timer the test controls.
    private final class Fixture {
        var now = Monotonic(microseconds: 1_000_000_000)
        let alarm = ManualAlarm()
        var starts = 0
        weak var attempt: Attempt?
        var startFailure: PollFailure?
        var reported: [PollFailure] = []
        private(set) lazy var poll = RepeatedPoll(
            interval: .seconds(60), alarm: alarm, now: { [unowned self] in now },
            start: { [unowned self] () throws(PollFailure) in
                starts += 1
                if let startFailure { throw startFailure }
                let attempt = Attempt(waitingSince: now)
                self.attempt = attempt
                return attempt
            }, failed: { [unowned self] in reported.append($0) })

        func pass(_ seconds: Int) { now = now + .seconds(seconds) }
    }

    private let fixture = Fixture()
    private let failure = PollFailure(.timeout, "too late")

    @Test("the next attempt starts one interval after the last start")
    func interval() {
        fixture.poll.restart()
        let start = fixture.now
        fixture.pass(5)
        fixture.poll.end(nil)
        #expect(fixture.poll.duration == .seconds(5))
        #expect(fixture.alarm.time == start + .seconds(60))
        #expect(fixture.attempt == nil)
        fixture.alarm.fire()
        #expect(fixture.starts == 2)
    }

    @Test("a failed poll is counted by cause and repeated sooner")
    func failures() {
        fixture.poll.restart()
        fixture.poll.end(failure)
        #expect(fixture.poll.failures == [.timeout: 1])
        #expect(fixture.reported == [failure])
        #expect(fixture.alarm.time == fixture.now + .seconds(1))
        fixture.startFailure = PollFailure(.config, "no API")
        fixture.alarm.fire()
        #expect(fixture.poll.failures == [.timeout: 1, .config: 1])
        #expect(fixture.poll.count == 2)
        #expect(fixture.alarm.time == fixture.now + .seconds(2))
    }

    @Test("a restart cancels the running attempt")
    func restart() {
        fixture.poll.restart()
        weak let first = fixture.attempt
        fixture.poll.restart()
        #expect(first == nil)
        #expect(fixture.attempt != nil)
        #expect(fixture.poll.receivedBytes == 20)
    }

    @Test("a requested attempt starts as soon as the running one ends")
    func request() {
        fixture.poll.restart()
        fixture.poll.request()
        #expect(fixture.starts == 1)
        fixture.poll.end(failure)
        #expect(fixture.alarm.time == fixture.now)
        fixture.alarm.fire()
        #expect(fixture.starts == 2)
    }

    @Test("a request cancels an attempt if the API has been silent")
    func silentAPI() {
        fixture.poll.restart()
        fixture.pass(2)
        fixture.poll.request()
        #expect(fixture.starts == 2)
        // The next request allows a longer silence.
        fixture.pass(1)
        fixture.poll.request()
        #expect(fixture.starts == 2)
        #expect(fixture.alarm.time == fixture.now + .seconds(1))
        fixture.pass(1)
        fixture.alarm.fire()
        #expect(fixture.starts == 3)
    }

    @Test("an interval of zero disables the poll")
    func disabled() {
        let alarm = ManualAlarm()
        let poll = RepeatedPoll(
            interval: .zero, alarm: alarm,
            start: { () throws(PollFailure) in throw PollFailure(.config, "started") }, failed: { _ in })
        poll.restart()
        #expect(poll.count == 0 && !poll.isScheduled)
    }
}
