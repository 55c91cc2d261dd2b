/// A complete request. It has no content: a request with content is refused (`RequestFailure.hasContent`).
public struct Request: Equatable, Sendable {
    /// As it came: methods are case-sensitive.
    public var method: Method
    /// What to route by, see `RequestTarget.path`.
    public var path: String
    /// The minor version, 0 for HTTP/1.0. A later minor version counts as 1.
    public var minorVersion: Int
    /// All header fields.
    public var fields: HeaderFields
    /// Whether another request may follow on the connection (RFC 9112 section 9.3).
    public var keepsAlive: Bool

    /// A request made up by hand, for tests of what answers it.
    public init(
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
    public struct Method: RawRepresentable, Hashable, Sendable {
        /// The token.
        public var rawValue: String

        /// Any token.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Asks for the representation.
        public static let get = Method(rawValue: "GET")
        /// Asks for what `get` would say, without the content.
        public static let head = Method(rawValue: "HEAD")
        /// Asks what can be done.
        public static let options = Method(rawValue: "OPTIONS")
        /// Asks for a tunnel.
        public static let connect = Method(rawValue: "CONNECT")

        /// Whether RFC 9110 section 9 or RFC 5789 defines the method.
        public var isStandard: Bool {
            Self.standard.contains(rawValue)
        }

        private static let standard: Set = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
        ]
    }
}
