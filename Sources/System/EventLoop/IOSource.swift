import CShims

/// A descriptor watched by a loop, level-triggered. Dropping it ends the watch; it never closes the descriptor.
package final class IOSource {
    private let handle: SourceHandle<(Readiness) -> Void>
    /// What it is watched for. While empty, not even errors and hang-ups are reported, which would never cease.
    package private(set) var interest: Interest

    init(
        loop: EventLoop, descriptor: Int32, interest: Interest, priority: Priority, owner: StaticString,
        body: @escaping (Readiness) -> Void
    ) throws(SystemError) {
        handle = SourceHandle(loop: loop, owner: owner, body: body)
        self.interest = interest
        try handle.register(as: "sd_event_add_io \(descriptor)", at: priority) { source, context in
            sd_event_add_io(
                loop.event, &source, descriptor, interest.rawValue,
                { _, _, events, context in
                    SourceHandle<(Readiness) -> Void>.call(context) { $0(Readiness(rawValue: events)) }
                    return 0
                }, context)
        }
        if interest.isEmpty { try handle.setMode(SD_EVENT_OFF) }
    }

    deinit {
        handle.cancel()
    }

    /// Watches for something else from the next turn on. Does nothing once cancelled.
    package func setInterest(_ interest: Interest) throws(SystemError) {
        guard let source = handle.source, interest != self.interest else { return }
        if interest.isEmpty {
            try handle.setMode(SD_EVENT_OFF)
        } else {
            try SystemError.checkNegated(
                "sd_event_source_set_io_events", sd_event_source_set_io_events(source, interest.rawValue))
            try handle.setMode(SD_EVENT_ON)
        }
        self.interest = interest
    }

    /// Ends the watch: `body` is not called again, and let go.
    package func cancel() {
        handle.cancel()
    }
}
