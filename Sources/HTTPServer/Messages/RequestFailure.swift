/// Why a request is refused before anyone looks at what it asks for. The connection cannot be used after any of these.
package enum RequestFailure: Error, Equatable, CaseIterable, Sendable {
    /// Not `method SP target SP version` (RFC 9112 section 3).
    case malformedRequestLine
    /// See `MessageLimits.methodBytes`.
    case methodTooLong
    /// See `MessageLimits.requestLineBytes`.
    case targetTooLong
    /// None of the four forms of RFC 9112 section 3.2, or not the form that goes with the method.
    case invalidTarget
    /// A version of HTTP that is not 1.x.
    case unsupportedVersion
    /// A line feed without a carriage return before it, or the other way round. RFC 9112 section 2.2 allows to take the
    /// first for a line end; programs that disagree about that can be played off against each other.
    case bareLineEnd
    /// A field line without a colon, with a blank before it, or with bytes that RFC 9110 section 5.5 rules out.
    case malformedField
    /// A field line that continues the one before (RFC 9112 section 5.2).
    case foldedField
    /// See `MessageLimits.fieldBytes`.
    case fieldsTooLarge
    /// See `MessageLimits.fieldCount`.
    case tooManyFields
    /// HTTP/1.1 without `Host` (RFC 9112 section 3.2).
    case hostMissing
    /// Two `Host` fields.
    case hostRepeated
    /// A `Host` that is no `host[:port]`.
    case hostInvalid
    /// `Content-Length` is no decimal number, or there are two (RFC 9112 section 6.3).
    case contentLengthInvalid
    /// Both `Content-Length` and `Transfer-Encoding`: what request smuggling is made of (RFC 9112 section 6.1).
    case framingAmbiguous
    /// `Transfer-Encoding` in HTTP/1.0, or one that does not end with `chunked` or has it twice (RFC 9112 section 6.3).
    case transferEncodingInvalid
    /// The request has content, which no request here needs.
    case hasContent

    /// What to answer.
    package var status: StatusCode {
        switch self {
        case .malformedRequestLine, .invalidTarget, .bareLineEnd, .malformedField, .foldedField, .hostMissing,
            .hostRepeated, .hostInvalid, .contentLengthInvalid, .framingAmbiguous, .transferEncodingInvalid:
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
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
        case .bareLineEnd: "A line does not end with CRLF."
        case .malformedField: "A header field is malformed."
        case .foldedField: "A header field is folded over several lines."
        case .fieldsTooLarge: "The header fields are too long."
        case .tooManyFields: "There are too many header fields."
        case .hostMissing: "The Host header field is missing."
        case .hostRepeated: "There is more than one Host header field."
        case .hostInvalid: "The Host header field is invalid."
        case .contentLengthInvalid: "The Content-Length is invalid."
        case .framingAmbiguous: "There are both Content-Length and Transfer-Encoding."
        case .transferEncodingInvalid: "The Transfer-Encoding is invalid."
        case .hasContent: "A request must not have content."
        }
    }
}
