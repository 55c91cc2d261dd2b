import CShims
import Glibc

/// A curl easy handle with its callbacks and results.
///
/// curl keeps the address of this object without retaining it. Therefore `HTTPClient` removes the handle from curl
/// before it releases the object.
@safe final class CurlTransfer {
    typealias Body = (_ status: Int, _ bytes: RawSpan) -> BodyVerdict
    typealias Completion = (Result<HTTPOutcome, TransferError>) -> Void

    /// Maximum total size of the status line and the header lines of a reply.
    private static let maximumHeadBytes = 256 * 1024
    /// After this many bytes of a body, the transfer pauses and other event sources get a turn.
    private static let bytesPerTurn = 128 * 1024
    /// The last word of a request header is treated as a secret, unless it is shorter than this. A shorter word could
    /// occur in any error message.
    private static let minimumSecretBytes = 4

    let easy: UnsafeMutableRawPointer
    var id: Int { unsafe Int(bitPattern: easy) }
    let errorText: UnsafeMutablePointer<CChar>
    /// Must be freed after `curl_easy_cleanup`.
    var headers: UnsafeMutablePointer<curl_slist>?
    private let secrets: [Substring]
    private let maximumBodyBytes: UInt64
    private var body: Body?
    private var completion: Completion?
    private var receivedBytes: UInt64 = 0
    private var turnBytes = 0
    private(set) var isPaused = false
    private var headBytes = 0
    /// Whether an empty line has ended the head. If the connection closes earlier, curl reports success and an empty
    /// body.
    private var isHeadComplete = false
    private var isChunked = false
    /// Why a callback ended the transfer. curl itself reports only `CURLE_WRITE_ERROR`.
    private var refusal: TransferError?

    init(
        _ request: HTTPRequest, userAgent: String, body: @escaping Body, completion: @escaping Completion
    ) throws(TransferError) {
        guard let easy = unsafe curl_easy_init() else { throw .internalFailure("curl_easy_init failed") }
        unsafe self.easy = easy
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        secrets = request.headers.compactMap { line in
            line.split { $0 == " " || $0 == ":" }.last.flatMap { $0.utf8.count < Self.minimumSecretBytes ? nil : $0 }
        }
        maximumBodyBytes = request.maximumBodyBytes
        self.body = body
        self.completion = completion
        try setOptions(request, userAgent: userAgent)
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headers)
        unsafe errorText.deallocate()
    }

    // MARK: Called by curl

    /// - Returns: whether the transfer continues.
    func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        if line.count <= 2 { isHeadComplete = true }
        if headBytes > Self.maximumHeadBytes {
            refusal = .http("the headers of the reply exceed \(Self.maximumHeadBytes) bytes")
        }
        let parts = unsafe String(decoding: line, as: UTF8.self).lowercased().split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "transfer-encoding" {
            // Some versions of curl, such as 7.88, decompress other codings, although the request does not allow them.
            if isChunked || parts[1].split(whereSeparator: \.isWhitespace) != ["chunked"] {
                refusal = .http("the reply has a Transfer-Encoding other than chunked")
            }
            isChunked = true
        }
        return refusal == nil && body != nil
    }

    /// - Returns: whether the transfer continues.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard refusal == nil, let body else { return false }
        let (total, overflow) = receivedBytes.addingReportingOverflow(UInt64(bytes.count))
        if overflow || total > maximumBodyBytes {
            refusal = .tooLarge(limit: maximumBodyBytes)
            return false
        }
        receivedBytes = total
        if unsafe body(status, bytes.bytes) == .stop { refusal = .stopped }
        turnBytes += bytes.count
        // Without a pause, curl may read many buffers in one call.
        if turnBytes >= Self.bytesPerTurn, unsafe curl_easy_pause(easy, CURLPAUSE_RECV) == CURLE_OK { isPaused = true }
        return refusal == nil && self.body != nil
    }

    /// Continues after a pause. curl may call `receive` before this returns.
    func resume() {
        guard isPaused else { return }
        (isPaused, turnBytes) = (false, 0)
        unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    private var status: Int {
        var status = 0
        unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    // MARK: The end

    /// Whether the transfer has ended or has been cancelled. No callback follows.
    var isFinished: Bool { completion == nil }

    /// Releases the callbacks without calling them.
    func abandon() {
        body = nil
        completion = nil
    }

    /// Calls the completion unless it has been called or released.
    func finish(_ result: Result<HTTPOutcome, TransferError>) {
        let completion = completion
        abandon()
        completion?(result)
    }

    func finish(_ code: CURLcode) {
        if let error = error(code) {
            finish(.failure(error))
        } else {
            finish(.success(HTTPOutcome(status: status, receivedBytes: receivedBytes)))
        }
    }

    private func error(_ code: CURLcode) -> TransferError? {
        if let refusal { return refusal }
        if code == CURLE_OK { return isHeadComplete ? nil : .http("the reply ends before the end of its headers") }
        if let shortage = shortage(code) { return .internalFailure(shortage) }
        if code == CURLE_OUT_OF_MEMORY, headBytes > 0 {
            // curl before version 8.6 reports a header line that is too long in this way.
            return .http("a header line of the reply is too long, or memory ran out (CURLE_OUT_OF_MEMORY)")
        }
        var systemError = 0
        unsafe ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        return TransferError(code, text(of: code), limit: maximumBodyBytes, systemError: Int32(clamping: systemError))
    }

    /// After a failure to connect or resolve, checks whether this process can open a socket at all. curl does not
    /// report this cause.
    ///
    /// - Returns: the error of socket(2), or nil.
    private func shortage(_ code: CURLcode) -> String? {
        guard code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST else { return nil }
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe < 0 else {
            close(probe)
            return nil
        }
        return SystemError(operation: "cannot open a socket", code: errno).description
    }

    /// Returns curl's detailed error message. If it is empty or contains a secret that the peer has sent back, returns
    /// curl's general message for the code.
    private func text(of code: CURLcode) -> String {
        let text = unsafe String(cString: errorText)
        if text.isEmpty || secrets.contains(where: { text.utf8.contains($0.utf8) }) {
            return unsafe String(cString: curl_easy_strerror(code))
        }
        return text
    }
}
