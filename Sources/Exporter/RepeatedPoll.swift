import Exposition
import System

/// One attempt of a poll. Dropping the object cancels the attempt.
protocol PollAttempt: AnyObject {
    /// Bytes of reply bodies received so far.
    var receivedBytes: UInt64 { get }
    /// Time when the current call started or, if part of its reply has arrived, when the latest part arrived. nil
    /// between calls.
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

/// Repeats one kind of poll. Only one attempt runs at a time. After a failure, the next attempt starts sooner (see
/// ``RetrySchedule``). Failures are counted by cause.
final class RepeatedPoll {
    /// How long the API may send nothing before `request` cancels the attempt. Doubles with each cancelled attempt.
    private static let initialMaximumSilence = Duration.seconds(1)

    /// Number of attempts that have ended. A cancelled attempt does not count; an unusable configuration counts as a
    /// failed attempt.
    private(set) var count: UInt64 = 0
    private(set) var failures: [FailureCause: UInt64] = [:]
    /// Bytes of reply bodies received in all attempts, including the current one.
    var receivedBytes: UInt64 { earlierBytes + (attempt?.receivedBytes ?? 0) }
    /// Duration of the latest attempt that has ended.
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
    ///   - start: starts an attempt. The attempt must call `end` once, unless it is cancelled.
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

    /// Cancels a running attempt and starts a new one now. Does nothing if the poll is disabled.
    func restart() {
        guard isEnabled else { return }
        alarm.disarm()
        isRequested = false
        earlierBytes += attempt?.receivedBytes ?? 0
        attempt = nil
        began = now()
        do throws(PollFailure) { attempt = try start() } catch { end(error) }
    }

    /// Starts an attempt now or, if an attempt is running, as soon as that attempt has ended. Cancels a running attempt
    /// only if the API sends nothing for `maximumSilence`.
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
        // The limit doubles each time until an attempt ends. Otherwise frequent requests could cancel every attempt.
        maximumSilence = maximumSilence * 2
        restart()
    }

    func count(_ failure: PollFailure) {
        count += 1
        failures[failure.cause, default: 0] += 1
    }

    /// Records the end of the running attempt, and schedules the next one. nil means success.
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
