/// A GET request.
package struct HTTPRequest: Sendable {
    /// An absolute URL of scheme `http`.
    package var url: String
    /// Header lines without line ends, such as `Authorization: Storpool v1:…`. Their values never appear in an error.
    package var headers: [String]
    /// Maximum time from the start, including name resolution, to the last byte.
    package var timeout: Duration
    /// The longest body that is accepted.
    package var maximumBodyBytes: UInt64

    package init(url: String, headers: [String] = [], timeout: Duration, maximumBodyBytes: UInt64) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// Whether the rest of a body is to be received.
package enum BodyVerdict: Sendable {
    case more
    /// The transfer ends with `TransferError.stopped`.
    case stop
}

/// A complete reply. A reply with neither `Content-Length` nor chunks is complete when the peer closes the connection.
package struct HTTPOutcome: Sendable, Equatable {
    /// Redirects are not followed.
    package var status: Int
    /// Bytes of the body.
    package var receivedBytes: UInt64
}
