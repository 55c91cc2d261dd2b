/// A complete request. It has no content, because the server refuses content (`RequestFailure.hasContent`).
package struct Request: Equatable, Sendable {
    package var method: Method
    /// The normalized path (`RequestTarget.normalized`). `*` for `OPTIONS *`, empty for `CONNECT`.
    package var path: String
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and later minor versions.
    package var minorVersion: Int
    package var fields: HeaderFields
    /// Whether another request may follow on the connection (RFC 9112 section 9.3).
    package var keepsAlive: Bool

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

    /// A method of RFC 9110 section 9, or any other token. Methods are case-sensitive.
    package struct Method: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let get = Method(rawValue: "GET")
        package static let head = Method(rawValue: "HEAD")
        package static let options = Method(rawValue: "OPTIONS")
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
