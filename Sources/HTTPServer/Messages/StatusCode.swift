/// A status code of RFC 9110 section 15.
package struct StatusCode: RawRepresentable, Hashable, Comparable, Sendable {
    /// 100 to 599 in replies that this library makes.
    package var rawValue: UInt16

    /// Any number; only those below have a reason phrase.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 200: the reply is what was asked for.
    package static let ok = StatusCode(rawValue: 200)
    /// 204: done, and there is no content.
    package static let noContent = StatusCode(rawValue: 204)
    /// 400: the message breaks the grammar or the framing.
    package static let badRequest = StatusCode(rawValue: 400)
    /// 404: nothing is at that path.
    package static let notFound = StatusCode(rawValue: 404)
    /// 405: the reply says in `Allow` which methods there are.
    package static let methodNotAllowed = StatusCode(rawValue: 405)
    /// 408: the request did not arrive in time.
    package static let requestTimeout = StatusCode(rawValue: 408)
    /// 413: content where none is accepted.
    package static let contentTooLarge = StatusCode(rawValue: 413)
    /// 414: the request line is too long.
    package static let targetTooLong = StatusCode(rawValue: 414)
    /// 431: too many or too long header fields (RFC 6585 section 5).
    package static let fieldsTooLarge = StatusCode(rawValue: 431)
    /// 500: the server's own fault.
    package static let internalServerError = StatusCode(rawValue: 500)
    /// 501: a method or transfer coding that is not understood.
    package static let notImplemented = StatusCode(rawValue: 501)
    /// 503: not now.
    package static let serviceUnavailable = StatusCode(rawValue: 503)
    /// 505: not HTTP/1.
    package static let versionNotSupported = StatusCode(rawValue: 505)

    /// The words behind the number; empty where none are known, as RFC 9112 section 4 allows.
    package var reasonPhrase: String {
        switch self {
        case .ok: "OK"
        case .noContent: "No Content"
        case .badRequest: "Bad Request"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .targetTooLong: "URI Too Long"
        case .fieldsTooLarge: "Request Header Fields Too Large"
        case .internalServerError: "Internal Server Error"
        case .notImplemented: "Not Implemented"
        case .serviceUnavailable: "Service Unavailable"
        case .versionNotSupported: "HTTP Version Not Supported"
        default: ""
        }
    }

    /// False for 1xx, 204 and 304, which have neither content nor `Content-Length` here.
    package var allowsContent: Bool {
        !(100..<200).contains(rawValue) && rawValue != 204 && rawValue != 304
    }

    /// By number.
    package static func < (left: StatusCode, right: StatusCode) -> Bool {
        left.rawValue < right.rawValue
    }
}
