import CShims
import Glibc

/// A set of descriptors that a loop watches as one source. The set is an epoll instance, which the loop watches like
/// any other descriptor (epoll(7)).
///
/// The loop calls the handler once per turn, however many descriptors are ready. The caller owns the descriptors and
/// must remove each one before closing it.
package final class DescriptorSet {
    private let epoll: Descriptor
    private let source: IOSource

    init(
        loop: EventLoop, owner: StaticString, handler: @escaping () -> Void
    ) throws(SystemError) {
        let number = try SystemError.check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        epoll = Descriptor(owning: number)
        self.handler = handler
        source = try loop.watch(number, .readable, owner: owner)
        source.handler = { [unowned self] _ in self.handler() }
    }

    deinit {
        source.cancel()
    }

    /// Called while any descriptor is ready.
    package var handler: () -> Void

    /// Watches a descriptor, level-triggered.
    ///
    /// - Parameter id: the value that `next` returns for the descriptor.
    package func add(_ descriptor: Int32, _ interest: Interest, id: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, id)
    }

    package func setInterest(_ interest: Interest, of descriptor: Int32, id: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, id)
    }

    package func remove(_ descriptor: Int32) throws(SystemError) {
        try control(EPOLL_CTL_DEL, descriptor, [], 0)
    }

    /// The id of a ready descriptor; nil if none is ready. Ready descriptors take turns.
    package func next() throws(SystemError) -> UInt64? {
        // After reporting a level-triggered descriptor, the kernel moves that descriptor behind the other ready ones.
        var event = unsafe epoll_event()
        let count = try SystemError.check("epoll_wait") { unsafe epoll_wait(epoll.rawValue, &event, 1, 0) }
        return unsafe count > 0 ? event.data.u64 : nil
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ id: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = id
        try SystemError.check("epoll_ctl \(descriptor)") {
            unsafe epoll_ctl(epoll.rawValue, operation, descriptor, &event)
        }
    }
}
