/// Maximum sizes of the parts of a request. RFC 9112 lets the server choose them.
package struct MessageLimits: Sendable {
    /// Bytes of the request line without its line end. A longer line gets status 414. RFC 9112 section 3 recommends at
    /// least 8000.
    package var requestLineBytes = 8192
    /// Bytes of a method. A longer method gets status 501 (RFC 9112 section 3).
    package var methodBytes = 32
    /// Bytes of all field lines with their line ends. Longer fields get status 431 (RFC 6585 section 5).
    package var fieldBytes = 16 * 1024
    /// Number of field lines. A request with more lines gets status 431.
    package var fieldCount = 100
    /// Number of empty lines that are accepted before the request line. RFC 9112 section 2.2 recommends at least one.
    package var leadingEmptyLines = 2

    package init() {}
}
