import CShims
import Glibc

/// A signal received as an event (`sd_event_add_signal`). The signal stays blocked after the source is dropped.
package final class SignalSource: EventSource<() -> Void> {
    init(
        loop: EventLoop, signal: Int32, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        super.init(of: loop, owner: owner, handler: handler)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        try SystemError.check("sigaddset \(signal)") { unsafe sigaddset(&signals, signal) }
        let code = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        if code != 0 { throw SystemError(operation: "pthread_sigmask", code: code) }
        try unsafe register(as: "sd_event_add_signal \(signal)") { source, context in
            unsafe sd_event_add_signal(
                loop.event, &source, signal, { _, _, context in unsafe SignalSource.dispatch(context) { $0() } },
                context)
        }
        try SystemError.checkNegated(
            "sd_event_source_set_priority",
            unsafe sd_event_source_set_priority(source, Int64(SD_EVENT_PRIORITY_IMPORTANT)))
    }
}
