internal import CSystemd

/// Work put off to a later turn of the loop, done once each time it is armed. Dropping it cancels it.
public final class DeferredSource {
    private let handle: SourceHandle<() -> Void>

    init(loop: EventLoop, priority: Priority, body: @escaping () -> Void) throws(SystemError) {
        handle = SourceHandle(loop: loop, body: body)
        try handle.register(as: "sd_event_add_defer", at: priority) { source, context in
            sd_event_add_defer(
                loop.event, &source,
                { _, context in
                    let handle = SourceHandle<() -> Void>.from(context)
                    handle?.body?()
                    return 0
                }, context)
        }
        try handle.setMode(SD_EVENT_OFF)
    }

    deinit {
        handle.cancel()
    }

    /// Has `body` called once, never from within this call. Arming twice before that is arming once.
    public func arm() {
        handle.setModeOrEndLoop(SD_EVENT_ONESHOT)
    }

    /// Does not run until armed again.
    public func disarm() {
        handle.setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// False once `body` is called, also while it runs.
    public var isArmed: Bool {
        handle.mode != SD_EVENT_OFF
    }
}
