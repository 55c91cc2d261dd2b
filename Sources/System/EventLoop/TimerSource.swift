import CShims
import Glibc

/// A timer on `CLOCK_MONOTONIC` that fires once each time it is armed (`sd_event_add_time`).
package final class TimerSource: EventSource<() -> Void> {
    /// A timer may fire up to this many microseconds late, so that several timers can fire in one wake-up.
    private static let accuracy: UInt64 = 1000

    init(
        loop: EventLoop, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        super.init(of: loop, owner: owner, handler: handler)
        try unsafe register(as: "sd_event_add_time") { source, context in
            unsafe sd_event_add_time(
                loop.event, &source, CLOCK_MONOTONIC, UInt64.max, Self.accuracy,
                { _, _, context in unsafe TimerSource.dispatch(context) { $0() } }, context)
        }
        try setMode(SD_EVENT_OFF)
    }

    /// Fires once after this delay, or in the next turn if the delay is not positive. Replaces the previous time.
    package func arm(after delay: Duration) {
        arm(at: .readClock() + delay)
    }

    /// Fires once at this time, or in the next turn if the time has passed. Replaces the previous time.
    package func arm(at time: Monotonic) {
        guard let source = unsafe source, !loop.isExiting else { return }
        do throws(SystemError) {
            try unsafe SystemError.checkNegated(
                "sd_event_source_set_time", sd_event_source_set_time(source, time.microseconds))
            try setMode(SD_EVENT_ONESHOT)
        } catch {
            loop.end(with: error)
        }
    }

    package func disarm() {
        setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// Becomes false when the timer fires.
    package var isArmed: Bool { isEnabled }
}
