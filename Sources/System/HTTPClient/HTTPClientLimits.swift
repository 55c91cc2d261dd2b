import CShims

/// Every bound of the client that a request does not set itself.
enum Limits {
    /// Header lines of one reply, interim replies and trailers included.
    static let headBytes = 256 * 1024
    /// What curl reads from a socket at once.
    static let receiveBufferBytes = 64 * 1024
    /// Bytes of a transfer that are passed on before others have their turn. Left alone, curl reads a hundred buffers while
    /// there is more.
    static let bytesPerTurn = 128 * 1024
    /// The longest time-out, below what curl's 32-bit milliseconds hold.
    static let timeoutSeconds = 1_000_000
    /// The shortest last word of a header that is kept out of errors; shorter ones are parts of ordinary words.
    static let secretBytes = 4
    /// What a receiving callback returns to end the transfer; never the count that it was called with.
    static let refused = Int(CURL_WRITEFUNC_ERROR)
}
