import CShims

/// What a descriptor is watched for (`epoll_event.events`).
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
}

/// What a descriptor is ready for (`epoll_event.events`).
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Reported for every non-empty interest. There may still be bytes to read.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// Reported for every non-empty interest.
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)
}
