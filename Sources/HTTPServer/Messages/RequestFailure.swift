/// Why the server refuses a request without calling its handler. The connection is closed after the reply.
package enum RequestFailure: Error, Equatable, CaseIterable, Sendable {
    /// The request line is not `method SP target SP version` (RFC 9112 section 3), or too many empty lines precede it.
    case malformedRequestLine
    case methodTooLong
    case targetTooLong
    /// The target has none of the four forms of RFC 9112 section 3.2, or a form that the method does not allow.
    case invalidTarget
    /// The version is not HTTP/1.x.
    case unsupportedVersion
    /// A line feed without a carriage return before it, or a carriage return without a line feed after it. RFC 9112
    /// section 2.2 allows servers to accept a single line feed. But if programs disagree about line ends, request
    /// smuggling is possible.
    case bareLineEnd
    /// A field line without a colon, with a blank before the colon, or with bytes that RFC 9110 section 5.5 forbids.
    case malformedField
    /// A field line that continues the previous one (RFC 9112 section 5.2).
    case foldedField
    case fieldsTooLarge
    case tooManyFields
    /// An HTTP/1.1 request without `Host` (RFC 9112 section 3.2).
    case hostMissing
    case hostRepeated
    case hostInvalid
    /// A malformed or ambiguous `Content-Length` or `Transfer-Encoding` (RFC 9112 section 6).
    case framingInvalid
    /// The request has content, which no resource of this server accepts.
    case hasContent

    package var status: StatusCode {
        switch self {
        case .malformedRequestLine, .invalidTarget, .bareLineEnd, .malformedField, .foldedField, .hostMissing,
            .hostRepeated, .hostInvalid, .framingInvalid:
            .badRequest
        case .targetTooLong: .targetTooLong
        case .fieldsTooLarge, .tooManyFields: .fieldsTooLarge
        case .hasContent: .contentTooLarge
        case .methodTooLong: .notImplemented
        case .unsupportedVersion: .versionNotSupported
        }
    }

    /// A sentence for the client.
    package var explanation: String {
        switch self {
        case .malformedRequestLine: "The request line is malformed."
        case .methodTooLong: "The method is too long."
        case .targetTooLong: "The request target is too long."
        case .invalidTarget: "The request target is invalid."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are supported."
        case .bareLineEnd: "A line does not end with CRLF."
        case .malformedField: "A header field is malformed."
        case .foldedField: "A header field is folded over several lines."
        case .fieldsTooLarge: "The header fields are too long."
        case .tooManyFields: "There are too many header fields."
        case .hostMissing: "The Host header field is missing."
        case .hostRepeated: "There is more than one Host header field."
        case .hostInvalid: "The Host header field is invalid."
        case .framingInvalid: "The Content-Length or Transfer-Encoding is invalid."
        case .hasContent: "A request must not have content."
        }
    }
}
