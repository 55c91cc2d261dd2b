/// A GET to be made.
public struct HTTPRequest: Sendable {
    /// An absolute URL of scheme `http`.
    public var url: String
    /// Whole header lines without line ends, such as `Authorization: Storpool v1:…`. Their values appear in no error.
    public var headers: [String]
    /// From the start, name resolution included, to the last byte. Rounded up to milliseconds, at least one.
    public var timeout: Duration
    /// The longest body that is accepted, announced or not.
    public var maximumBodyBytes: UInt64

    /// A request with no other headers than those that HTTP needs.
    public init(url: String, headers: [String] = [], timeout: Duration, maximumBodyBytes: UInt64) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// What a receiver of a body wants next.
public enum BodyVerdict: Sendable {
    /// The bytes that follow.
    case more
    /// Nothing: the transfer ends as `TransferError.stopped`.
    case stop
}

/// A reply that was received whole.
///
/// One with neither `Content-Length` nor chunks ends when the peer closes, and whether that was its end cannot be told.
public struct HTTPOutcome: Sendable, Equatable {
    /// The status code, whatever it is: redirects are not followed.
    public var status: Int
    /// Bytes of the body, all of them passed on.
    public var receivedBytes: UInt64
}
