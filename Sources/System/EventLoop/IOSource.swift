import CShims

/// A source that watches a descriptor, level-triggered (`sd_event_add_io`). It never closes the descriptor.
package final class IOSource: EventSource<(Readiness) -> Void> {
    /// What the descriptor is watched for. While this is empty, not even errors and hang-ups are reported.
    package private(set) var interest: Interest

    init(
        loop: EventLoop, descriptor: Int32, interest: Interest, owner: StaticString,
        handler: @escaping (Readiness) -> Void
    ) throws(SystemError) {
        self.interest = interest
        super.init(of: loop, owner: owner, handler: handler)
        try unsafe register(as: "sd_event_add_io \(descriptor)") { source, context in
            unsafe sd_event_add_io(
                loop.event, &source, descriptor, interest.rawValue,
                { _, _, events, context in unsafe IOSource.dispatch(context) { $0(Readiness(rawValue: events)) } },
                context)
        }
        if interest.isEmpty { try setMode(SD_EVENT_OFF) }
    }

    /// Takes effect in the next turn of the loop. Does nothing after `cancel`.
    package func setInterest(_ interest: Interest) throws(SystemError) {
        guard let source = unsafe source, interest != self.interest else { return }
        if interest.isEmpty {
            try setMode(SD_EVENT_OFF)
        } else {
            try unsafe SystemError.checkNegated(
                "sd_event_source_set_io_events", sd_event_source_set_io_events(source, interest.rawValue))
            try setMode(SD_EVENT_ON)
        }
        self.interest = interest
    }
}
