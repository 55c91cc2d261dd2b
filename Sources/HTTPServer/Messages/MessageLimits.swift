/// What a request may consist of. RFC 9112 leaves the sizes to the server.
package struct MessageLimits: Sendable {
    /// Bytes of the request line without its line end; more is 414. At least 8000 (RFC 9112 section 3).
    package var requestLineBytes = 8192
    /// Bytes of a method; more is 501 (RFC 9112 section 3).
    package var methodBytes = 32
    /// Bytes of all field lines with their line ends; more is 431 (RFC 6585 section 5).
    package var fieldBytes = 16 * 1024
    /// Field lines; more is 431.
    package var fieldCount = 100
    /// Empty lines before the request line, at least one (RFC 9112 section 2.2).
    package var leadingEmptyLines = 2

    package init() {}
}
