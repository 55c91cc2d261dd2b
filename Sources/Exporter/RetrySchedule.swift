import System

/// Computes when the next attempt starts. After a success, it starts one interval after the start of the successful
/// attempt. After a failure, it starts after a pause. The pause doubles from one second up to the interval while
/// attempts fail.
struct RetrySchedule {
    static let firstPause = Duration.seconds(1)

    let interval: Duration
    private var pause = Self.firstPause

    init(interval: Duration) {
        self.interval = interval
    }

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

    /// Number of attempts so far, at least one.
    private(set) var attempts = 1
    private let began: Monotonic
    private var pause = Duration.milliseconds(250)

    init(at began: Monotonic) {
        self.began = began
    }

    /// The pause before the next attempt; nil if the next attempt would begin too late.
    mutating func pauseAfterFailure(at now: Monotonic) -> Duration? {
        guard now + pause <= began + Self.length else { return nil }
        defer { pause *= 2 }
        attempts += 1
        return pause
    }
}
