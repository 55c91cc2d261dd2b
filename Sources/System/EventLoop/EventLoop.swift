import CShims
import Glibc

/// An event loop (`sd_event`).
///
/// A loop and its sources must only be used on the thread that created them. A source retains its loop. The loop does
/// not retain its sources: dropping a source cancels it.
///
/// **Sources and handlers.** A timer or deferred source is created disarmed, so its owner can store it in a `let`. A
/// handler that needs its owner is set at the end of the owner's `init`:
///
///     timer = try loop.timer()
///     timer.handler = { [unowned self] in refresh() }
///
/// **The rule for `weak` and `unowned`.** An object's own callback (the handler of its source, the completion of its
/// transfer) captures `[unowned self]`, because releasing the object cancels the callback. After a call that may
/// release `self`, the callback must not use `self`. Every other callback captures `[weak self]`.
@safe package final class EventLoop {
    let event: OpaquePointer
    private var failure: SystemError?
    private var longestCall: Call?
    /// True after the first call of `exit`.
    package private(set) var isExiting = false

    /// `sd_event_new`.
    package init() throws(SystemError) {
        var made: OpaquePointer?
        try unsafe SystemError.checkNegated("sd_event_new", sd_event_new(&made))
        guard let made = unsafe made else { throw SystemError(operation: "sd_event_new", code: ENOMEM) }
        unsafe event = made
    }

    deinit {
        unsafe sd_event_unref(event)
    }

    /// Calls ready sources until `exit` is called (`sd_event_loop`). After `run` has returned, the loop cannot run again.
    ///
    /// - Returns: the code given to `exit`.
    package func run() throws(SystemError) -> Int32 {
        let code = try unsafe SystemError.checkNegated("sd_event_loop", sd_event_loop(event))
        if let failure { throw failure }
        return code
    }

    /// Waits for one source to become ready and calls it (`sd_event_run`).
    ///
    /// - Parameter timeout: nil waits forever.
    /// - Returns: false after the timeout, or if the loop is exiting.
    package func runOnce(timeout: Duration?) throws(SystemError) -> Bool {
        if let failure { throw failure }
        if isExiting { return false }
        let wait = timeout?.wholeMicroseconds ?? UInt64.max
        let dispatched = try unsafe SystemError.checkNegated("sd_event_run", sd_event_run(event, wait)) > 0
        if let failure { throw failure }
        return dispatched
    }

    /// Ends `run` after the current handler (`sd_event_exit`). No further handler is called, and arming does nothing.
    ///
    /// - Parameter code: the value that `run` returns. Only the first call of `exit` has an effect.
    package func exit(code: Int32) {
        if isExiting { return }
        isExiting = true
        unsafe sd_event_exit(event, code)
    }

    /// Makes `run` throw an error. For callers that cannot throw.
    func end(with error: SystemError) {
        if failure == nil { failure = error }
        exit(code: 1)
    }

    /// One call of a handler.
    package struct Call: Sendable {
        /// The file that created the source (`#fileID`).
        package let owner: StaticString
        package let duration: Duration
    }

    /// The longest call since the previous `takeLongestCall`.
    package func takeLongestCall() -> Call? {
        defer { longestCall = nil }
        return longestCall
    }

    func note(_ call: Call) {
        if let longestCall, longestCall.duration >= call.duration { return }
        longestCall = call
    }

    /// When the current turn of the loop began (`sd_event_now`). Before the first turn: the current time.
    package var now: Monotonic {
        var microseconds: UInt64 = 0
        guard unsafe sd_event_now(event, CLOCK_MONOTONIC, &microseconds) >= 0 else { return .readClock() }
        return Monotonic(microseconds: microseconds)
    }

    /// Watches a descriptor. Nothing is reported while the interest is empty.
    ///
    /// The caller owns the descriptor and must cancel the source before closing it. Throws `EEXIST` if the loop already
    /// watches the descriptor, and `EPERM` for a regular file.
    package func watch(
        _ descriptor: Int32, _ interest: Interest = [], owner: StaticString = #fileID,
        handler: @escaping (Readiness) -> Void = { _ in }
    ) throws(SystemError) -> IOSource {
        try IOSource(
            loop: self, descriptor: descriptor, interest: interest, owner: owner, handler: handler)
    }

    /// Creates an empty set of descriptors, which the loop watches as one source.
    ///
    /// - Parameter handler: called while any descriptor is ready. It gets the ids from `DescriptorSet.next`.
    package func descriptorSet(
        owner: StaticString = #fileID, handler: @escaping () -> Void = {}
    ) throws(SystemError) -> DescriptorSet {
        try DescriptorSet(loop: self, owner: owner, handler: handler)
    }

    /// Creates a disarmed timer.
    package func timer(
        owner: StaticString = #fileID, handler: @escaping () -> Void = {}
    ) throws(SystemError) -> TimerSource {
        try TimerSource(loop: self, owner: owner, handler: handler)
    }

    /// Creates a disarmed source for work in a later turn of the loop.
    package func deferred(
        owner: StaticString = #fileID, handler: @escaping () -> Void = {}
    ) throws(SystemError) -> DeferredSource {
        try DeferredSource(loop: self, owner: owner, handler: handler)
    }

    /// Creates a source that receives a signal as an event. Signals are reported before other events.
    ///
    /// Blocks the signal in the calling thread permanently. Call it before starting other threads, so that they inherit
    /// the signal mask.
    package func signal(
        _ number: Int32, owner: StaticString = #fileID, handler: @escaping () -> Void = {}
    ) throws(SystemError) -> SignalSource {
        try SignalSource(loop: self, signal: number, owner: owner, handler: handler)
    }

    /// Sends keep-alive messages to the service manager while the loop runs (`sd_event_set_watchdog`).
    ///
    /// - Returns: false if the service manager does not ask for them (`WatchdogSec=`).
    package func enableWatchdog() throws(SystemError) -> Bool {
        try unsafe SystemError.checkNegated("sd_event_set_watchdog", sd_event_set_watchdog(event, 1)) > 0
    }
}
