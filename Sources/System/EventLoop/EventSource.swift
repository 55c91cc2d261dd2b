import CShims

/// An event source and its handler (`sd_event_source`). Dropping this object cancels the source.
///
/// libsystemd keeps the address of this object without retaining it, so `deinit` removes the source from the loop. The
/// handler may drop its own source.
@safe package class EventSource<Handler> {
    let loop: EventLoop
    /// Called for each event. For `weak` and `unowned`, follow the rule in `EventLoop`.
    package var handler: Handler
    private let owner: StaticString
    /// Nil before `register` and after `cancel`.
    private(set) var source: OpaquePointer?

    init(of loop: EventLoop, owner: StaticString, handler: Handler) {
        self.loop = loop
        self.owner = owner
        self.handler = handler
    }

    deinit {
        cancel()
    }

    /// Adds a source to the loop and removes the previous one.
    ///
    /// - Parameter add: calls one of the `sd_event_add_*` functions, whose callback must pass `context` to `dispatch`.
    final func register(
        as operation: String,
        _ add: (_ source: inout OpaquePointer?, _ context: UnsafeMutableRawPointer) -> Int32
    ) throws(SystemError) {
        var made: OpaquePointer?
        try unsafe SystemError.checkNegated(operation, add(&made, Unmanaged.passUnretained(self).toOpaque()))
        if let source = unsafe source { unsafe sd_event_source_disable_unref(source) }
        unsafe source = made
    }

    /// Calls the handler and records how long it took.
    ///
    /// - Returns: 0. A negative value would disable the source.
    static func dispatch(_ context: UnsafeMutableRawPointer?, _ call: (Handler) -> Void) -> Int32 {
        guard let context = unsafe context else { return 0 }
        let (handler, loop, owner) = unsafe parts(at: context)
        let began = Monotonic.readClock()
        call(handler)
        loop.note(EventLoop.Call(owner: owner, duration: .readClock() - began))
        return 0
    }

    /// Copies what `dispatch` needs, so that `dispatch` does not retain the source. If the handler drops its source,
    /// the source must leave the loop at once: the handler may close the descriptor and open a new one with the same
    /// number.
    private static func parts(at context: UnsafeMutableRawPointer) -> (Handler, EventLoop, StaticString) {
        let source = unsafe Unmanaged<EventSource>.fromOpaque(context).takeUnretainedValue()
        return (source.handler, source.loop, source.owner)
    }

    final var isEnabled: Bool {
        var mode: Int32 = 0
        guard let source = unsafe source, unsafe sd_event_source_get_enabled(source, &mode) >= 0 else { return false }
        return mode != SD_EVENT_OFF
    }

    /// Sets the mode (`sd_event_source_set_enabled`). Does nothing after `cancel`. While the loop is exiting, only
    /// `SD_EVENT_OFF` has an effect.
    ///
    /// - Parameter mode: `SD_EVENT_ON`, `SD_EVENT_ONESHOT` or `SD_EVENT_OFF`.
    final func setMode(_ mode: Int) throws(SystemError) {
        guard let source = unsafe source, mode == SD_EVENT_OFF || !loop.isExiting else { return }
        try unsafe SystemError.checkNegated(
            "sd_event_source_set_enabled", sd_event_source_set_enabled(source, Int32(mode)))
    }

    /// Like `setMode`, for callers that cannot throw: an error ends the loop.
    final func setModeOrEndLoop(_ mode: Int) {
        do throws(SystemError) {
            try setMode(mode)
        } catch {
            loop.end(with: error)
        }
    }

    /// Removes the source from the loop. Repeated calls do nothing.
    package final func cancel() {
        guard let source = unsafe source else { return }
        unsafe self.source = nil
        unsafe sd_event_source_disable_unref(source)
    }
}
