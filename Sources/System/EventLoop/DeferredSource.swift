import CShims

/// Work put off to a later turn of the loop, done once each time it is armed. Dropping it cancels it.
package final class DeferredSource {
    private let handle: SourceHandle<() -> Void>
    private let priority: Priority

    init(loop: EventLoop, priority: Priority, owner: StaticString, body: @escaping () -> Void) throws(SystemError) {
        handle = SourceHandle(loop: loop, owner: owner, body: body)
        self.priority = priority
        try register()
        try handle.setMode(SD_EVENT_OFF)
    }

    deinit {
        handle.cancel()
    }

    private func register() throws(SystemError) {
        try handle.register(as: "sd_event_add_defer", at: priority) { source, context in
            sd_event_add_defer(
                handle.loop.event, &source,
                { _, context in
                    SourceHandle<() -> Void>.call(context) { $0() }
                    return 0
                }, context)
        }
    }

    /// Has `body` called once, never from within this call. Arming twice before that is arming once.
    ///
    /// Work that arms itself again takes turns with other sources of its priority.
    package func arm() {
        guard handle.source != nil, !isArmed, !handle.loop.isExiting else { return }
        // libsystemd counts such a source as waiting since it was made, and calls first what waits longest: switched on
        // again, it would go before everything that became ready since. A new one queues at the end.
        do throws(SystemError) {
            try register()
        } catch {
            handle.loop.end(with: error)
        }
    }

    /// Does not run until armed again.
    package func disarm() {
        handle.setModeOrEndLoop(SD_EVENT_OFF)
    }

    /// False once `body` is called, also while it runs.
    package var isArmed: Bool {
        handle.mode != SD_EVENT_OFF
    }
}
