internal import CCurl

/// Every bound of the client that a request does not set itself.
enum Limits {
    /// Header lines of one reply, interim replies and trailers included.
    static let headBytes = 256 * 1024
    /// What curl reads from a socket at once. It reads up to a hundred times in one turn of the loop while there is more,
    /// so that a larger buffer, which would save some system calls, would hold up everybody else.
    static let receiveBufferBytes = 16 * 1024
    /// The longest time-out, below what curl's 32-bit milliseconds hold.
    static let timeoutSeconds = 1_000_000
    /// The shortest last word of a header that is kept out of errors; shorter ones are parts of ordinary words.
    static let secretBytes = 4
    /// What a receiving callback returns to end the transfer; never the count that it was called with.
    static let refused = Int(CURL_WRITEFUNC_ERROR)
}
