import Exposition
import System

/// One attempt of a poll. Dropping it cancels the attempt.
protocol PollAttempt: AnyObject {
    /// Bytes of the replies' bodies so far.
    var receivedBytes: UInt64 { get }
    /// The start of the call, or the last time that the API sent something; nil between calls.
    var waitingSince: Monotonic? { get }
}

/// A timer; tests use a timer that they fire themselves.
protocol Alarm: AnyObject {
    var handler: () -> Void { get set }
    var isArmed: Bool { get }
    func arm(at time: Monotonic)
    func disarm()
}

extension TimerSource: Alarm {}

/// Repeats one kind of poll: one attempt at a time, with a shorter wait after a failure. Counts failures by cause.
final class RepeatedPoll {
    /// How long the API may be silent until the first `request` cancels the attempt.
    private static let initialMaximumSilence = Duration.seconds(1)

    /// Attempts that have ended.
    private(set) var count: UInt64 = 0
    private(set) var failures: [FailureCause: UInt64] = [:]
    /// Bytes of reply bodies received in all attempts, including the current one.
    var receivedBytes: UInt64 { earlierBytes + (attempt?.receivedBytes ?? 0) }
    /// Duration of the last attempt that has ended.
    private(set) var duration: Duration?

    private let isEnabled: Bool
    private let alarm: any Alarm
    private let now: () -> Monotonic
    private let start: () throws(PollFailure) -> any PollAttempt
    /// Called with the failure of each failed attempt.
    private let failed: (PollFailure) -> Void
    private var schedule: RetrySchedule
    private var attempt: (any PollAttempt)?
    private var began = Monotonic.never
    private var earlierBytes: UInt64 = 0
    /// Whether the next attempt follows the current one without a pause.
    private var isRequested = false
    private var maximumSilence = initialMaximumSilence

    /// - Parameters:
    ///   - interval: zero disables the poll.
    ///   - start: starts an attempt, which calls `end` once.
    init(
        interval: Duration, alarm: any Alarm, now: @escaping () -> Monotonic = Monotonic.readClock,
        start: @escaping () throws(PollFailure) -> any PollAttempt, failed: @escaping (PollFailure) -> Void
    ) {
        isEnabled = interval > .zero
        schedule = RetrySchedule(interval: interval)
        self.alarm = alarm
        self.now = now
        self.start = start
        self.failed = failed
        alarm.handler = { [unowned self] in startOrWait() }
    }

    /// Whether an attempt is running or scheduled.
    var isScheduled: Bool { attempt != nil || alarm.isArmed }

    /// Starts an attempt now and cancels a running one.
    func restart() {
        guard isEnabled else { return }
        alarm.disarm()
        isRequested = false
        earlierBytes += attempt?.receivedBytes ?? 0
        attempt = nil
        began = now()
        do throws(PollFailure) { attempt = try start() } catch { end(error) }
    }

    /// Starts an attempt now or, if an attempt is running, as soon as it has ended. A running attempt is cancelled only if
    /// the API has been silent for too long; otherwise frequent requests would cancel every attempt.
    func request() {
        if attempt != nil { isRequested = true }
        startOrWait()
    }

    /// Starts an attempt now unless one is running.
    func startUnlessRunning() {
        if attempt == nil { restart() }
    }

    private func startOrWait() {
        guard let attempt else { return restart() }
        let silence = attempt.waitingSince.map { now() - $0 } ?? .zero
        guard silence >= maximumSilence else { return alarm.arm(at: now() + (maximumSilence - silence)) }
        // Doubled each time until an attempt ends; otherwise repeated requests could cancel every attempt.
        maximumSilence = maximumSilence * 2
        restart()
    }

    /// Counts a failed attempt.
    func count(_ failure: PollFailure) {
        count += 1
        failures[failure.cause, default: 0] += 1
    }

    /// Records the end of the running attempt; nil means success.
    func end(_ failure: PollFailure?) {
        earlierBytes += attempt?.receivedBytes ?? 0
        attempt = nil
        if let failure { count(failure) } else { count += 1 }
        maximumSilence = Self.initialMaximumSilence
        let end = now()
        duration = end - began
        let next = schedule.next(after: failure == nil ? .success : .failure, began: began, now: end)
        alarm.arm(at: isRequested ? end : next)
        isRequested = false
        if let failure { failed(failure) }
    }
}
