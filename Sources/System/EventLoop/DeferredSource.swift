import CShims

/// Work that is done once, in a later turn of the loop, each time the source is armed (`sd_event_add_defer`).
package final class DeferredSource: EventSource<() -> Void> {

    init(
        loop: EventLoop, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        super.init(loop: loop, owner: owner, handler: handler)
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
    /// A source that its handler arms again takes turns with other sources.
    package func arm() {
        guard unsafe source != nil, !isArmed, !loop.isExiting else { return }
        // libsystemd first calls the source that has waited longest, and measures the wait from the creation of a source.
        // A source that is only enabled again would be called before the others. A new source is called last.
        do throws(SystemError) {
            try register()
        } catch {
            loop.end(with: error)
        }
    }

    package func disarm() {
        setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// False after the handler has been called, and while it runs.
    package var isArmed: Bool { isEnabled }
}
