import CShims

/// Work for a later turn of the loop, done once each time the source is armed (`sd_event_add_defer`).
package final class DeferredSource: EventSource<() -> Void> {
    private let priority: Priority

    init(
        loop: EventLoop, priority: Priority, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        self.priority = priority
        super.init(loop: loop, owner: owner, handler: handler)
        try register()
        try setMode(SD_EVENT_OFF)
    }

    private func register() throws(SystemError) {
        try unsafe register(as: "sd_event_add_defer", at: priority) { source, context in
            unsafe sd_event_add_defer(
                loop.event, &source, { _, context in unsafe DeferredSource.dispatch(context) { $0() } }, context)
        }
    }

    /// Calls the handler once, in a later turn of the loop. Arming an armed source does nothing.
    ///
    /// Work that arms itself again takes turns with other sources of its priority.
    package func arm() {
        guard unsafe source != nil, !isArmed, !loop.isExiting else { return }
        // libsystemd calls first what has waited longest, and counts a source as waiting from its creation: one that is
        // only enabled again would come before all that became ready since. A new source comes last.
        do throws(SystemError) {
            try register()
        } catch {
            loop.end(with: error)
        }
    }

    package func disarm() {
        setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// False once the handler is called, also while it runs.
    package var isArmed: Bool { isEnabled }
}
