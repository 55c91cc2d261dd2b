/// Maximum sizes of the parts of a request. RFC 9112 lets the server choose them.
package struct MessageLimits: Sendable {
    /// Bytes of the request line without its line end; a longer line gets 414. At least 8000 (RFC 9112 section 3).
    package var requestLineBytes = 8192
    /// Bytes of a method; a longer method gets 501 (RFC 9112 section 3).
    package var methodBytes = 32
    /// Bytes of all field lines with their line ends; longer fields get 431 (RFC 6585 section 5).
    package var fieldBytes = 16 * 1024
    /// Number of field lines; a request with more lines gets 431.
    package var fieldCount = 100
    /// Number of empty lines that are accepted before the request line, at least one (RFC 9112 section 2.2).
    package var leadingEmptyLines = 2

    package init() {}
}
