import CShims

/// What a descriptor is watched for.
package struct Interest: OptionSet, Hashable, Sendable {
    /// Bits of `epoll_event.events`.
    package let rawValue: UInt32

    /// Bits of `epoll_event.events`; those without a name here mean nothing.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read or accept, or the peer has ended its side (`EPOLLIN`).
    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    /// There is room to write, or connecting has ended one way or the other (`EPOLLOUT`).
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
}

/// What a watched descriptor is ready for.
package struct Readiness: OptionSet, Hashable, Sendable {
    /// Bits of `epoll_event.events`.
    package let rawValue: UInt32

    /// Bits of `epoll_event.events`; those without a name here mean nothing.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// As `Interest.readable`.
    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// As `Interest.writable`.
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are over (`EPOLLHUP`); reported whatever the interest. Bytes may still be there to read.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// An error is pending on the descriptor (`EPOLLERR`); reported whatever the interest.
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)
}
