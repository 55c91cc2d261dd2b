import CShims
import Glibc

/// One transfer's easy handle with all that it points at, and what has come of it so far.
///
/// curl keeps this object's address, unretained: the client takes the handle out of its multi handle before it lets go.
final class Job {
    typealias Body = (_ status: Int, _ bytes: RawSpan) -> BodyVerdict
    typealias Completion = (Result<HTTPOutcome, TransferError>) -> Void

    let easy: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let secrets: [Substring]
    private let limit: UInt64
    private var body: Body?
    private var completion: Completion?
    private var receivedBytes: UInt64 = 0
    /// Since the transfer was resumed last.
    private var turnBytes = 0
    /// Whether curl reads nothing until `resume`.
    private(set) var isPaused = false
    private var headBytes = 0
    /// Whether an empty line has ended a head: curl takes a connection that ends within it for an empty body.
    private var isHeadWhole = false
    private var isChunked = false
    /// Why one of the callbacks below broke off, which curl knows as `CURLE_WRITE_ERROR` only.
    private var refusal: TransferError?

    init(
        _ request: HTTPRequest, userAgent: String, body: @escaping Body, completion: @escaping Completion
    ) throws(TransferError) {
        guard let easy = curl_easy_init() else { throw .internalFailure("curl_easy_init failed") }
        self.easy = easy
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        secrets = request.headers.compactMap { line in
            line.split { $0 == " " || $0 == ":" }.last.flatMap { $0.utf8.count < Limits.secretBytes ? nil : $0 }
        }
        limit = request.maximumBodyBytes
        self.body = body
        self.completion = completion
        try configure(request, userAgent: userAgent)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        errorText.deallocate()
    }

    // MARK: What curl calls

    /// Takes a header line of the reply, before curl decodes anything that follows it.
    fileprivate func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        if line.count <= 2 { isHeadWhole = true }
        if headBytes > Limits.headBytes { refusal = .http("the head of the reply exceeds \(Limits.headBytes) bytes") }
        if let coding = Self.transferCoding(line) {
            // curl would decompress such a reply, although the request did not ask for compression.
            if coding != "chunked" || isChunked {
                refusal = .http("the reply has a Transfer-Encoding other than chunked")
            }
            isChunked = true
        }
        return refusal == nil && body != nil
    }

    /// The value of a `Transfer-Encoding` line in lower case; nil for any other line.
    private static func transferCoding(_ line: UnsafeRawBufferPointer) -> String? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let blanks: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
        let name = line[..<colon].filter { !blanks($0) }
        guard String(decoding: name, as: UTF8.self).lowercased() == "transfer-encoding" else { return nil }
        let value = line[line.index(after: colon)...].drop(while: blanks)
        let end = value.lastIndex { !blanks($0) }.map { $0 + 1 } ?? value.startIndex
        return String(decoding: value[..<end], as: UTF8.self).lowercased()
    }

    /// Passes a part of the body on.
    ///
    /// - Returns: whether the transfer goes on.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard refusal == nil, let body else { return false }
        let (total, overflow) = receivedBytes.addingReportingOverflow(UInt64(bytes.count))
        if overflow || total > limit {
            refusal = .tooLarge(limit: limit)
            return false
        }
        receivedBytes = total
        if body(status, bytes.bytes) == .stop { refusal = .stopped }
        turnBytes += bytes.count
        if turnBytes >= Limits.bytesPerTurn, curl_easy_pause(easy, CURLPAUSE_RECV) == CURLE_OK { isPaused = true }
        return refusal == nil && self.body != nil
    }

    /// Has curl read on after a pause. It may call `receive` at once.
    func resume() {
        guard isPaused else { return }
        (isPaused, turnBytes) = (false, 0)
        // Fails for a transfer that is over, which nothing needs to resume.
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    private var status: Int {
        var status = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// The `errno` of the last connection attempt that failed.
    private var systemError: Int32 {
        var error = 0
        ccurl_get_long(easy, CURLINFO_OS_ERRNO, &error)
        return Int32(truncatingIfNeeded: error)
    }

    // MARK: The end

    /// True once nobody waits for this transfer any more.
    var isOver: Bool { completion == nil }

    /// Lets go of the callbacks: none is called from here on.
    func abandon() {
        body = nil
        completion = nil
    }

    /// Tells the caller, once, how the transfer ended.
    func finish(_ code: CURLcode) {
        if let refusal {
            finish(.failure(refusal))
        } else if code == CURLE_OK, !isHeadWhole {
            finish(.failure(.http("the reply ends within its head")))
        } else if code == CURLE_OK {
            finish(.success(HTTPOutcome(status: status, receivedBytes: receivedBytes)))
        } else if let shortage = shortage(code) {
            finish(.failure(.internalFailure(shortage)))
        } else if code == CURLE_OUT_OF_MEMORY, headBytes > 0 {
            // Until version 8.6, curl says so of a line that is too long.
            finish(.failure(.http("a line of the reply's head is too long, or memory ran out (CURLE_OUT_OF_MEMORY)")))
        } else {
            finish(.failure(TransferError(code: code, text: text(of: code), limit: limit, systemError: systemError)))
        }
    }

    /// What this process lacks, if that is why it cannot connect: curl reports it as a refused connection.
    private func shortage(_ code: CURLcode) -> String? {
        guard code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST else { return nil }
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe < 0 else {
            close(probe)
            return nil
        }
        return SystemError(operation: "cannot open a socket", code: errno).description
    }

    /// As above, for an end that curl does not know of.
    func finish(_ result: Result<HTTPOutcome, TransferError>) {
        let completion = completion
        abandon()
        completion?(result)
    }

    /// The particular text if there is one. A reply may hold what the request held: a text with a secret is not used.
    private func text(of code: CURLcode) -> String {
        let text = String(cString: errorText)
        if text.isEmpty || secrets.contains(where: { text.utf8.contains($0.utf8) }) {
            return String(cString: curl_easy_strerror(code))
        }
        return text
    }

    // MARK: Options

    private func configure(_ request: HTTPRequest, userAgent: String) throws(TransferError) {
        try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        guard request.url.prefix(7).lowercased() == "http://" else {
            throw .internalFailure("the URL does not begin with http://")
        }
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_PROTOCOLS_STR, "http")
        try set(CURLOPT_USERAGENT, userAgent)
        // Nothing in the environment or a home directory decides where the token goes.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        // The API answers one request per connection.
        try set(CURLOPT_FRESH_CONNECT, 1)
        try set(CURLOPT_FORBID_REUSE, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        // Otherwise the end of a transfer waits for the thread that resolves its name, for as long as a DNS server is
        // silent, and the loop with it.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_BUFFERSIZE, Limits.receiveBufferBytes)
        try set(CURLOPT_TIMEOUT_MS, request.timeoutMilliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.timeoutMilliseconds)
        // Zero would be no limit to curl; bodies are counted in any case.
        try check(ccurl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(clamping: max(1, limit))))
        try addHeaders(request.headers)
        try receiveHere()
    }

    private func addHeaders(_ lines: [String]) throws(TransferError) {
        for line in lines {
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .internalFailure("a header holds a control character")
            }
            guard let longer = curl_slist_append(headers, line) else {
                throw .internalFailure("curl_slist_append failed")
            }
            headers = longer
        }
        try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers))
    }

    private func receiveHere() throws(TransferError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        try check(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        try check(
            ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                guard let context else { return Limits.refused }
                let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
                let part = UnsafeRawBufferPointer(start: bytes, count: size &* count)
                return job.receive(part) ? part.count : Limits.refused
            })
        try check(
            ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                guard let context else { return Limits.refused }
                let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
                let line = UnsafeRawBufferPointer(start: bytes, count: size &* count)
                return job.receive(headerLine: line) ? line.count : Limits.refused
            })
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        // A C string ends at the first NUL: what follows would be lost in silence.
        guard !value.utf8.contains(0) else { throw .internalFailure("an option holds a NUL") }
        try check(ccurl_set_string(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(TransferError) {
        if code != CURLE_OK { throw .internalFailure("curl_easy_setopt: \(String(cString: curl_easy_strerror(code)))") }
    }
}

extension HTTPRequest {
    /// What curl takes: zero would mean for ever.
    fileprivate var timeoutMilliseconds: Int {
        let (seconds, attoseconds) = timeout.components
        guard seconds >= 0, attoseconds >= 0, seconds < Limits.timeoutSeconds else {
            return seconds < Limits.timeoutSeconds ? 1 : Limits.timeoutSeconds * 1000
        }
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
