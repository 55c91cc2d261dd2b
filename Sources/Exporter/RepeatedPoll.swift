import Exposition
import System

/// One attempt of a poll; dropped, it is cancelled.
protocol PollAttempt: AnyObject {
    /// Bytes of the replies' bodies so far.
    var receivedBytes: UInt64 { get }
    /// Since when the API has said nothing; nil while it is not waited for.
    var waitingSince: Monotonic? { get }
}

/// How long an attempt may wait in silence once another one is wanted: an API that hangs may have been mended. Doubled each
/// time that one is given up, until one ends, so that being asked again and again keeps none from ending.
private let leastPatience = Duration.seconds(1)

/// One kind of poll, done again and again: never two at a time, sooner after a failure, its failures counted by cause.
final class RepeatedPoll {
    /// Attempts that ended.
    private(set) var count: UInt64 = 0
    /// Failed ones, by cause.
    private(set) var failures: [String: UInt64] = [:]
    /// Bytes of the replies' bodies of all attempts.
    var receivedBytes: UInt64 { earlierBytes + (attempt?.receivedBytes ?? 0) }
    /// When the attempt that is under way, or the last one, began.
    private(set) var began = Monotonic.never

    private let loop: EventLoop
    private let interval: Duration
    private var schedule: RetrySchedule
    private let timer: TimerSource
    private var attempt: (any PollAttempt)?
    private var earlierBytes: UInt64 = 0
    /// Whether another attempt follows the one that is under way at once.
    private var isWantedAgain = false
    private var patience = leastPatience
    private let start: () throws(PollFailure) -> any PollAttempt
    private let failed: (PollFailure) -> Void

    /// `start` begins an attempt, which calls ``end(_:)`` once; `failed` hears of each failure.
    init(
        loop: EventLoop, interval: Duration, start: @escaping () throws(PollFailure) -> any PollAttempt,
        failed: @escaping (PollFailure) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.interval = interval
        self.start = start
        self.failed = failed
        schedule = RetrySchedule(interval: interval)
        timer = try loop.timer()
        timer.handler = { [unowned self] in goOn() }
    }

    /// Whether this kind of poll is done at all.
    var isEnabled: Bool { interval > .zero }

    /// Whether an attempt is under way or has a time.
    var isScheduled: Bool { attempt != nil || timer.isArmed }

    /// Begins an attempt now, in the place of the one that is under way.
    func begin() {
        guard isEnabled else { return }
        abandon()
        began = loop.now
        do { attempt = try start() } catch { end(error) }
    }

    /// Begins an attempt now, or as soon as the one that is under way has ended: giving that up at once, again and again,
    /// would let none end. It is given up when the API is silent for long.
    func beginAgain() {
        if attempt != nil { isWantedAgain = true }
        goOn()
    }

    /// The next attempt's time has come, or that of a look at the one that is under way.
    private func goOn() {
        guard let attempt else { return begin() }
        let silence = attempt.waitingSince.map { loop.now - $0 } ?? .zero
        guard silence >= patience else {
            timer.arm(after: patience - silence)
            return
        }
        patience = patience * 2
        begin()
    }

    /// Begins an attempt now, unless one is under way.
    func beginUnlessUnderWay() {
        if attempt == nil { begin() }
    }

    /// Gives up the attempt that is under way, and the next one.
    func abandon() {
        timer.disarm()
        isWantedAgain = false
        earlierBytes += attempt?.receivedBytes ?? 0
        attempt = nil
    }

    /// Counts a failed attempt that could not begin.
    func count(_ failure: PollFailure) {
        count += 1
        failures[failure.cause.rawValue, default: 0] += 1
    }

    /// Says how the attempt ended: nil is success.
    func end(_ failure: PollFailure?) {
        earlierBytes += attempt?.receivedBytes ?? 0
        attempt = nil
        if let failure { count(failure) } else { count += 1 }
        patience = leastPatience
        // From beginning to beginning, unless the poll takes longer than that.
        let next = failure == nil ? max(began + schedule.afterSuccess(), loop.now) : loop.now + schedule.afterFailure()
        timer.arm(at: isWantedAgain ? loop.now : next)
        isWantedAgain = false
        if let failure { failed(failure) }
    }
}
