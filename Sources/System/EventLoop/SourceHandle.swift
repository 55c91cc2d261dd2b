import CShims

/// Owns one `sd_event_source` and the closure that it calls.
///
/// libsystemd keeps the address of this object, unretained: `cancel` takes the source out of the loop before the object
/// goes, and the C callbacks retain it for the length of a call, so that a closure may drop its own source.
final class SourceHandle<Body> {
    let loop: EventLoop
    private let owner: StaticString
    private var body: Body?
    private(set) var source: OpaquePointer?

    init(loop: EventLoop, owner: StaticString, body: Body) {
        self.loop = loop
        self.owner = owner
        self.body = body
    }

    deinit {
        cancel()
    }

    /// Runs `register`, which hands this object's address to libsystemd and stores the source it makes, in
    /// place of the one before.
    func register(
        as operation: String, at priority: Priority,
        _ register: (_ source: inout OpaquePointer?, _ context: UnsafeMutableRawPointer) -> Int32
    ) throws(SystemError) {
        var made: OpaquePointer?
        try SystemError.checkNegated(operation, register(&made, Unmanaged.passUnretained(self).toOpaque()))
        if let source { sd_event_source_disable_unref(source) }
        source = made
        try SystemError.checkNegated(operation, sd_event_source_set_priority(made, priority.value))
    }

    /// Calls the closure behind the address that `register` gave away, and has the loop note how long that took.
    static func call(_ context: UnsafeMutableRawPointer?, _ invoke: (Body) -> Void) {
        guard let context else { return }
        let handle = Unmanaged<SourceHandle>.fromOpaque(context).takeUnretainedValue()
        guard let body = handle.body else { return }
        let began = Monotonic.readClock()
        invoke(body)
        handle.loop.note(EventLoop.Call(owner: handle.owner, duration: .readClock() - began))
    }

    /// `SD_EVENT_ON`, `SD_EVENT_ONESHOT` or `SD_EVENT_OFF`, nothing else.
    var mode: Int {
        var mode: Int32 = 0
        guard let source, sd_event_source_get_enabled(source, &mode) >= 0 else { return SD_EVENT_OFF }
        return Int(mode)
    }

    /// Switches the source; a loop that is exiting is not armed again, and nothing can be switched once cancelled.
    func setMode(_ mode: Int) throws(SystemError) {
        guard let source, mode == SD_EVENT_OFF || !loop.isExiting else { return }
        try SystemError.checkNegated("sd_event_source_set_enabled", sd_event_source_set_enabled(source, Int32(mode)))
    }

    /// As `setMode`, for callers that cannot throw: the loop ends with the error.
    func setModeOrEndLoop(_ mode: Int) {
        do throws(SystemError) {
            try setMode(mode)
        } catch {
            loop.end(with: error)
        }
    }

    /// Takes the source out of the loop and lets go of the closure and all that it holds. Harmless when repeated.
    func cancel() {
        if let source {
            self.source = nil
            sd_event_source_disable_unref(source)
        }
        body = nil
    }
}
