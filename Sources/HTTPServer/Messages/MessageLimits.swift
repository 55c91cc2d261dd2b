/// What a client may send. RFC 9112 leaves the sizes to the server.
package struct MessageLimits: Sendable {
    /// Bytes of the request line without its line end; more is 414. RFC 9112 section 3 asks for at least 8000.
    package var requestLineBytes = 8192
    /// Bytes of a method; more is 501, as RFC 9112 section 3 says of a method longer than any that is implemented.
    package var methodBytes = 32
    /// Bytes of all field lines with their line ends; more is 431 (RFC 6585 section 5).
    package var fieldBytes = 16 * 1024
    /// Field lines of one request; more is 431.
    package var fieldCount = 100
    /// Empty lines before a request line. RFC 9112 section 2.2 asks for at least one to be ignored.
    package var leadingEmptyLines = 2

    /// The limits that are used.
    package init() {}
}
