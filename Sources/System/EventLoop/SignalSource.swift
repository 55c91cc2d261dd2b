import CShims
import Glibc

/// A signal received as an event (`sd_event_add_signal`). The signal stays blocked when the source goes.
package final class SignalSource: EventSource<() -> Void> {
    init(
        loop: EventLoop, signal: Int32, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        super.init(loop: loop, owner: owner, handler: handler)
        var signals = sigset_t()
        sigemptyset(&signals)
        try SystemError.check("sigaddset \(signal)") { sigaddset(&signals, signal) }
        let code = pthread_sigmask(SIG_BLOCK, &signals, nil)
        if code != 0 { throw SystemError(operation: "pthread_sigmask", code: code) }
        try register(as: "sd_event_add_signal \(signal)", at: .high) { source, context in
            sd_event_add_signal(
                loop.event, &source, signal, { _, _, context in SignalSource.dispatch(context) { $0() } }, context)
        }
    }
}
