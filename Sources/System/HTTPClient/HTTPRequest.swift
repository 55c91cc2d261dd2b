/// A GET request.
package struct HTTPRequest: Sendable {
    /// An absolute URL with the scheme `http`.
    package var url: String
    /// Header lines without line ends, such as `Authorization: Storpool v1:…`. Errors never contain the last word of a
    /// line (such as the token) if it has at least 4 bytes.
    package var headers: [String]
    /// Maximum time from the start to the last byte, including name resolution.
    package var timeout: Duration
    /// A longer body fails with `TransferError.tooLarge`.
    package var maximumBodyBytes: UInt64

    package init(url: String, headers: [String] = [], timeout: Duration, maximumBodyBytes: UInt64) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// Whether to receive the rest of a body.
package enum BodyVerdict: Sendable {
    case more
    /// The transfer ends with `TransferError.stopped`.
    case stop
}

/// A complete reply. Without `Content-Length` and chunked encoding, a reply is complete when the peer closes the
/// connection.
package struct HTTPOutcome: Sendable, Equatable {
    /// Can be 3xx, because redirects are not followed.
    package var status: Int
    /// Size of the body.
    package var receivedBytes: UInt64
}
