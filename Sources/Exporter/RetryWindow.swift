import System

/// When to repeat a request that failed for a reason that may pass soon: with pauses that double, as long as the next try
/// begins within 5 s of the first.
struct RetryWindow {
    static let length = Duration.seconds(5)

    /// Tries so far, at least one.
    private(set) var tries = 1
    private let began: Monotonic
    private var pause = Duration.milliseconds(250)

    /// The first try begins.
    init(at began: Monotonic) {
        self.began = began
    }

    /// The pause before the next try, now that one has failed; nil if none is left.
    mutating func pauseAfterFailure(at now: Monotonic) -> Duration? {
        guard now + pause <= began + Self.length else { return nil }
        defer { pause *= 2 }
        tries += 1
        return pause
    }
}
