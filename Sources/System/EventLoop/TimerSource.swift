import CShims
import Glibc

/// A timer of `CLOCK_MONOTONIC` that fires once each time it is armed. Dropping it cancels it.
package final class TimerSource {
    /// How much later than asked it may fire, in microseconds, so that wake-ups coincide. Never earlier.
    private static let accuracy: UInt64 = 1000

    private let handle: SourceHandle<() -> Void>

    init(loop: EventLoop, priority: Priority, owner: StaticString, body: @escaping () -> Void) throws(SystemError) {
        handle = SourceHandle(loop: loop, owner: owner, body: body)
        try handle.register(as: "sd_event_add_time", at: priority) { source, context in
            sd_event_add_time(
                loop.event, &source, CLOCK_MONOTONIC, UInt64.max, Self.accuracy,
                { _, _, context in
                    SourceHandle<() -> Void>.call(context) { $0() }
                    return 0
                }, context)
        }
        try handle.setMode(SD_EVENT_OFF)
    }

    deinit {
        handle.cancel()
    }

    /// Fires once, this long after the call: the clock is read anew, so that a long turn of the loop does not count.
    /// In the next turn if zero or negative. Replaces what it was armed for.
    package func arm(after delay: Duration) {
        arm(at: .readClock() + delay)
    }

    /// Fires once, at this time, or in the next turn if that is past. Replaces what it was armed for.
    package func arm(at time: Monotonic) {
        guard let source = handle.source, !handle.loop.isExiting else { return }
        do throws(SystemError) {
            try SystemError.checkNegated(
                "sd_event_source_set_time", sd_event_source_set_time(source, time.microseconds))
        } catch {
            return handle.loop.end(with: error)
        }
        handle.setModeOrEndLoop(SD_EVENT_ONESHOT)
    }

    /// Does not fire until armed again.
    package func disarm() {
        handle.setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// False once it has fired, also while `body` runs.
    package var isArmed: Bool {
        handle.mode != SD_EVENT_OFF
    }
}
