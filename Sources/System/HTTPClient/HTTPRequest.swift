/// A GET to be made.
package struct HTTPRequest: Sendable {
    /// An absolute URL of scheme `http`.
    package var url: String
    /// Whole header lines without line ends, such as `Authorization: Storpool v1:…`. Their values appear in no error.
    package var headers: [String]
    /// From the start, name resolution included, to the last byte. Rounded up to milliseconds, at least one.
    package var timeout: Duration
    /// The longest body that is accepted, announced or not.
    package var maximumBodyBytes: UInt64

    /// A request with no other headers than those that HTTP needs.
    package init(url: String, headers: [String] = [], timeout: Duration, maximumBodyBytes: UInt64) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// What a receiver of a body wants next.
package enum BodyVerdict: Sendable {
    /// The bytes that follow.
    case more
    /// Nothing: the transfer ends as `TransferError.stopped`.
    case stop
}

/// A reply that was received whole.
///
/// One with neither `Content-Length` nor chunks ends when the peer closes, and whether that was its end cannot be told.
package struct HTTPOutcome: Sendable, Equatable {
    /// The status code, whatever it is: redirects are not followed.
    package var status: Int
    /// Bytes of the body, all of them passed on.
    package var receivedBytes: UInt64
}
