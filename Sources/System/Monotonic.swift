import Glibc

/// A point in time of `CLOCK_MONOTONIC`, which nobody sets and which stands still while the machine is suspended.
package struct Monotonic: Comparable, Hashable, Sendable {
    /// Microseconds since an arbitrary point before the process began; `UInt64.max` is never reached.
    package var microseconds: UInt64

    /// A point this many microseconds after the clock's origin.
    package init(microseconds: UInt64) {
        self.microseconds = microseconds
    }

    /// The point that no timer reaches.
    package static let never = Monotonic(microseconds: .max)

    /// What the clock shows at the call (`clock_gettime`), later than what the loop cached for its turn.
    package static func readClock() -> Monotonic {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Monotonic(
            microseconds: UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec / 1000))
    }

    /// True where the first point is the earlier one.
    package static func < (left: Monotonic, right: Monotonic) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Saturates: at the clock's origin for a negative duration, at `never` for one beyond the clock.
    package static func + (start: Monotonic, duration: Duration) -> Monotonic {
        if duration < .zero {
            let (sum, underflow) = start.microseconds.subtractingReportingOverflow((.zero - duration).wholeMicroseconds)
            return Monotonic(microseconds: underflow ? 0 : sum)
        }
        let (sum, overflow) = start.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return overflow ? .never : Monotonic(microseconds: sum)
    }

    /// The time from `start` to `end`, negative where `end` is the earlier one.
    package static func - (end: Monotonic, start: Monotonic) -> Duration {
        end >= start
            ? .microseconds(end.microseconds - start.microseconds)
            : .zero - .microseconds(start.microseconds - end.microseconds)
    }
}

extension Duration {
    /// Rounded up, so that a timer never fires before its time; zero where negative, saturating at `UInt64.max`.
    var wholeMicroseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        if overflow { return .max }
        let fraction = (UInt64(attoseconds) + 999_999_999_999) / 1_000_000_000_000
        let (sum, carry) = whole.addingReportingOverflow(fraction)
        return carry ? .max : sum
    }
}
