import Glibc

/// A time of `CLOCK_MONOTONIC`. This clock cannot be set, and it stops while the machine is suspended
/// (clock_gettime(2)).
package struct Monotonic: Comparable, Sendable {
    /// Microseconds since the origin of the clock.
    package var microseconds: UInt64

    package init(microseconds: UInt64) {
        self.microseconds = microseconds
    }

    /// Later than any time that the clock reaches.
    package static let never = Monotonic(microseconds: .max)

    /// The current time. See also `EventLoop.now`.
    package static func readClock() -> Monotonic {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Monotonic(
            microseconds: UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec / 1000))
    }

    package static func < (left: Monotonic, right: Monotonic) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The result is limited to the range from 0 to `never`.
    package static func + (start: Monotonic, duration: Duration) -> Monotonic {
        if duration < .zero {
            let (sum, underflow) = start.microseconds.subtractingReportingOverflow((.zero - duration).wholeMicroseconds)
            return Monotonic(microseconds: underflow ? 0 : sum)
        }
        let (sum, overflow) = start.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return overflow ? .never : Monotonic(microseconds: sum)
    }

    package static func - (end: Monotonic, start: Monotonic) -> Duration {
        end >= start
            ? .microseconds(end.microseconds - start.microseconds)
            : .zero - .microseconds(start.microseconds - end.microseconds)
    }
}

extension Duration {
    /// Rounded up, so that a timer never fires early. A negative duration becomes 0. The maximum is `UInt64.max`.
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
