import System

/// When to start the next attempt: one interval after the start of a successful attempt, or after a pause, which doubles
/// from one second up to the interval while attempts fail.
struct RetrySchedule {
    static let firstPause = Duration.seconds(1)

    let interval: Duration
    private var pause = Self.firstPause

    init(interval: Duration) {
        self.interval = interval
    }

    /// The start of the next attempt.
    mutating func next(after outcome: Outcome, began: Monotonic, now: Monotonic) -> Monotonic {
        switch outcome {
        case .success:
            pause = Self.firstPause
            return max(began + interval, now)
        case .failure:
            defer { pause = min(pause * 2, interval) }
            return now + min(pause, interval)
        }
    }

    enum Outcome { case success, failure }
}

/// Retries of a command that reads the cluster once. Pauses double, and each attempt begins within 5 s of the first.
struct RetryWindow {
    static let length = Duration.seconds(5)

    /// Attempts so far, at least one.
    private(set) var attempts = 1
    private let began: Monotonic
    private var pause = Duration.milliseconds(250)

    init(at began: Monotonic) {
        self.began = began
    }

    /// The pause before the next attempt; nil if no attempt is left.
    mutating func pauseAfterFailure(at now: Monotonic) -> Duration? {
        guard now + pause <= began + Self.length else { return nil }
        defer { pause *= 2 }
        attempts += 1
        return pause
    }
}
