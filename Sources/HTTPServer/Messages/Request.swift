/// A complete request. It has no content: a request with content is refused (`RequestFailure.hasContent`).
package struct Request: Equatable, Sendable {
    /// As it came: methods are case-sensitive.
    package var method: Method
    /// What to route by, see `RequestTarget.path`.
    package var path: String
    /// The minor version, 0 for HTTP/1.0. A later minor version counts as 1.
    package var minorVersion: Int
    /// All header fields.
    package var fields: HeaderFields
    /// Whether another request may follow on the connection (RFC 9112 section 9.3).
    package var keepsAlive: Bool

    /// A request made up by hand, for tests of what answers it.
    package init(
        method: Method = .get, path: String, minorVersion: Int = 1, fields: HeaderFields = HeaderFields(),
        keepsAlive: Bool = true
    ) {
        self.method = method
        self.path = path
        self.minorVersion = minorVersion
        self.fields = fields
        self.keepsAlive = keepsAlive
    }

    /// A method of RFC 9110 section 9, or any other token.
    package struct Method: RawRepresentable, Hashable, Sendable {
        /// The token.
        package var rawValue: String

        /// Any token.
        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Asks for the representation.
        package static let get = Method(rawValue: "GET")
        /// Asks for what `get` would say, without the content.
        package static let head = Method(rawValue: "HEAD")
        /// Asks what can be done.
        package static let options = Method(rawValue: "OPTIONS")
        /// Asks for a tunnel.
        package static let connect = Method(rawValue: "CONNECT")

        /// Whether RFC 9110 section 9 or RFC 5789 defines the method.
        package var isStandard: Bool {
            Self.standard.contains(rawValue)
        }

        private static let standard: Set = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
        ]
    }
}
