import System

/// When something that is done again and again is done next: every interval after a success, sooner after a failure,
/// with pauses that double from one second up to the interval.
struct RetrySchedule {
    static let firstPause = Duration.seconds(1)

    let interval: Duration
    private var pause = Self.firstPause

    init(interval: Duration) {
        self.interval = interval
    }

    /// How long after the beginning of this attempt the next one begins, now that it has succeeded.
    mutating func afterSuccess() -> Duration {
        pause = Self.firstPause
        return interval
    }

    /// How long after the end of this attempt the next one begins, now that it has failed.
    mutating func afterFailure() -> Duration {
        defer { pause = min(pause * 2, interval) }
        return min(pause, interval)
    }
}
