import CShims

/// A source that calls its handler once, in a later turn of the loop, each time it is armed (`sd_event_add_defer`).
package final class DeferredSource: EventSource<() -> Void> {
    init(
        loop: EventLoop, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        super.init(of: loop, owner: owner, handler: handler)
        try register()
        try setMode(SD_EVENT_OFF)
    }

    private func register() throws(SystemError) {
        try unsafe register(as: "sd_event_add_defer") { source, context in
            unsafe sd_event_add_defer(
                loop.event, &source, { _, context in unsafe DeferredSource.dispatch(context) { $0() } }, context)
        }
    }

    /// Calls the handler once, in a later turn of the loop. Arming an armed source does nothing.
    ///
    /// If the handler arms its source again, other ready sources are called first.
    package func arm() {
        guard unsafe source != nil, !isArmed, !loop.isExiting else { return }
        // Among ready sources of the same priority, libsystemd first calls the one that became ready first. A deferred
        // source counts as ready from its creation. If the old source were enabled again, it would be called before the
        // others. A new source is called after them.
        do throws(SystemError) {
            try register()
        } catch {
            loop.end(with: error)
        }
    }

    package func disarm() {
        setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// Becomes false when the handler is called.
    package var isArmed: Bool { isEnabled }
}
