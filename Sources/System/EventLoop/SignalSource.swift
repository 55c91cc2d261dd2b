import CShims
import Glibc

/// A signal received as an event. Dropping it ends that; the signal stays blocked.
package final class SignalSource {
    private let handle: SourceHandle<() -> Void>

    init(loop: EventLoop, signal: Int32, owner: StaticString, body: @escaping () -> Void) throws(SystemError) {
        handle = SourceHandle(loop: loop, owner: owner, body: body)
        var signals = sigset_t()
        sigemptyset(&signals)
        try SystemError.check("sigaddset \(signal)") { sigaddset(&signals, signal) }
        let code = pthread_sigmask(SIG_BLOCK, &signals, nil)
        if code != 0 { throw SystemError(operation: "pthread_sigmask", code: code) }
        try handle.register(as: "sd_event_add_signal \(signal)", at: .high) { source, context in
            sd_event_add_signal(
                loop.event, &source, signal,
                { _, _, context in
                    SourceHandle<() -> Void>.call(context) { $0() }
                    return 0
                }, context)
        }
    }

    deinit {
        handle.cancel()
    }

    /// `body` is not called again, and let go.
    package func cancel() {
        handle.cancel()
    }
}
