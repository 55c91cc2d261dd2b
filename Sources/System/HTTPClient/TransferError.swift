import CShims
import Glibc

/// Why a transfer failed. Most messages come from curl and end with the name of its error code.
package enum TransferError: Error, Equatable, Sendable {
    /// The host name cannot be resolved, or connecting failed for a reason other than `connectionRefused`.
    case connect(String)
    case connectionRefused(String)
    case timeout(String)
    /// The peer does not speak HTTP.
    case notHTTP(String)
    /// The reply is malformed or incomplete, its head is too long, or sending or receiving failed.
    case http(String)
    /// The body, or the announced `Content-Length`, is longer than the limit of the request.
    case tooLarge(limit: UInt64)
    /// The `body` callback returned `BodyVerdict.stop`.
    case stopped
    /// The request is unusable, this process lacks memory or descriptors, or curl failed unexpectedly.
    case internalFailure(String)

    init(_ code: CURLcode, _ text: String, limit: UInt64, systemError: Int32) {
        let described = "\(text) (\(code.name))"
        self =
            switch code {
            case CURLE_COULDNT_CONNECT where systemError == ECONNREFUSED: .connectionRefused(described)
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .connect(described)
            case CURLE_OPERATION_TIMEDOUT: .timeout(described)
            case CURLE_FILESIZE_EXCEEDED: .tooLarge(limit: limit)
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .notHTTP(described)
            case .tooLarge: .http("a header line of the reply is too long (\(code.name))")
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_BAD_CONTENT_ENCODING,
                CURLE_WRITE_ERROR:
                .http(described)
            default: .internalFailure(described)
            }
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connect(let text), .connectionRefused(let text), .timeout(let text), .notHTTP(let text), .http(let text),
            .internalFailure(let text):
            text
        case .tooLarge(let limit): "the body is longer than \(limit) bytes"
        case .stopped: "stopped before the end of the body"
        }
    }
}

extension CURLcode {
    /// `CURLE_TOO_LARGE`, which curl 8.6 introduced.
    fileprivate static let tooLarge = CURLcode(100)

    /// The name from libcurl-errors(3). Codes that plain HTTP does not use get their number.
    fileprivate var name: String {
        switch self {
        case CURLE_UNSUPPORTED_PROTOCOL: "CURLE_UNSUPPORTED_PROTOCOL"
        case CURLE_URL_MALFORMAT: "CURLE_URL_MALFORMAT"
        case CURLE_COULDNT_RESOLVE_HOST: "CURLE_COULDNT_RESOLVE_HOST"
        case CURLE_COULDNT_CONNECT: "CURLE_COULDNT_CONNECT"
        case CURLE_WEIRD_SERVER_REPLY: "CURLE_WEIRD_SERVER_REPLY"
        case CURLE_PARTIAL_FILE: "CURLE_PARTIAL_FILE"
        case CURLE_WRITE_ERROR: "CURLE_WRITE_ERROR"
        case CURLE_OUT_OF_MEMORY: "CURLE_OUT_OF_MEMORY"
        case CURLE_OPERATION_TIMEDOUT: "CURLE_OPERATION_TIMEDOUT"
        case CURLE_INTERFACE_FAILED: "CURLE_INTERFACE_FAILED"
        case CURLE_GOT_NOTHING: "CURLE_GOT_NOTHING"
        case CURLE_SEND_ERROR: "CURLE_SEND_ERROR"
        case CURLE_RECV_ERROR: "CURLE_RECV_ERROR"
        case CURLE_BAD_CONTENT_ENCODING: "CURLE_BAD_CONTENT_ENCODING"
        case CURLE_FILESIZE_EXCEEDED: "CURLE_FILESIZE_EXCEEDED"
        default: "CURLcode \(rawValue)"
        }
    }
}
