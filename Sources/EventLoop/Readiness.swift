internal import CSystemd

/// What a descriptor is watched for.
public struct Interest: OptionSet, Hashable, Sendable {
    /// Bits of `epoll_event.events`.
    public let rawValue: UInt32

    /// Bits of `epoll_event.events`; those without a name here mean nothing.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read or accept, or the peer has ended its side (`EPOLLIN`).
    public static let readable = Interest(rawValue: EPOLLIN.rawValue)
    /// There is room to write, or connecting has ended one way or the other (`EPOLLOUT`).
    public static let writable = Interest(rawValue: EPOLLOUT.rawValue)
}

/// What a watched descriptor is ready for.
public struct Readiness: OptionSet, Hashable, Sendable {
    /// Bits of `epoll_event.events`.
    public let rawValue: UInt32

    /// Bits of `epoll_event.events`; those without a name here mean nothing.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// As `Interest.readable`.
    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// As `Interest.writable`.
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are over (`EPOLLHUP`); reported whatever the interest. Bytes may still be there to read.
    public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// An error is pending on the descriptor (`EPOLLERR`); reported whatever the interest.
    public static let error = Readiness(rawValue: EPOLLERR.rawValue)
}
