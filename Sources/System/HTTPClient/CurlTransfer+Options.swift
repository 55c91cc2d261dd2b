import CShims

extension CurlTransfer {
    /// The longest timeout. curl stores milliseconds in 32 bits and rejects longer timeouts.
    private static let maximumTimeout = Duration.seconds(1_000_000)
    /// The value that a callback returns to end the transfer (`CURL_WRITEFUNC_ERROR`).
    private static let refused = Int(CURL_WRITEFUNC_ERROR)

    /// curl_easy_setopt(3).
    func setOptions(_ request: HTTPRequest, userAgent: String) throws(TransferError) {
        try unsafe check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        guard request.url.prefix(7).lowercased() == "http://" else {
            throw .internalFailure("the URL does not begin with http://")
        }
        let texts = [
            (CURLOPT_URL, request.url), (CURLOPT_PROTOCOLS_STR, "http"), (CURLOPT_USERAGENT, userAgent),
            // Ignore `http_proxy` in the environment. A proxy would receive the token.
            (CURLOPT_PROXY, ""), (CURLOPT_NOPROXY, "*"),
        ]
        for (option, value) in texts {
            // curl would cut the value at the NUL.
            guard !value.utf8.contains(0) else { throw .internalFailure("an option contains a NUL") }
            try unsafe check(ccurl_set_string(easy, option, value))
        }
        // Zero would mean no timeout.
        let milliseconds = max(1, Int((min(request.timeout, Self.maximumTimeout).wholeMicroseconds + 999) / 1000))
        let numbers = [
            (CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)), (CURLOPT_HTTP09_ALLOWED, 0),
            // The API answers one request per connection.
            (CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1), (CURLOPT_TCP_KEEPALIVE, 1), (CURLOPT_NOSIGNAL, 1),
            // Without this option, removing a transfer waits for the thread that resolves the host name.
            (CURLOPT_QUICK_EXIT, 1), (CURLOPT_BUFFERSIZE, 64 * 1024), (CURLOPT_TIMEOUT_MS, milliseconds),
            (CURLOPT_CONNECTTIMEOUT_MS, milliseconds),
        ]
        for (option, value) in numbers { try unsafe check(ccurl_set_long(easy, option, value)) }
        // Zero would mean no limit. `receive` checks the exact limit.
        let limit = curl_off_t(clamping: max(1, request.maximumBodyBytes))
        try unsafe check(ccurl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, limit))
        try setHeaders(request.headers)
        try setCallbacks()
    }

    private func setHeaders(_ lines: [String]) throws(TransferError) {
        for line in lines {
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .internalFailure("a header contains a control character")
            }
            guard let longer = unsafe curl_slist_append(headers, line) else {
                throw .internalFailure("curl_slist_append failed")
            }
            unsafe headers = longer
        }
        try unsafe check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers))
    }

    private func setCallbacks() throws(TransferError) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe check(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        try unsafe check(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        try unsafe check(
            ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                unsafe CurlTransfer.call(context, bytes, size &* count) { unsafe $0.receive($1) }
            })
        try unsafe check(
            ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                unsafe CurlTransfer.call(context, bytes, size &* count) { unsafe $0.receive(headerLine: $1) }
            })
    }

    /// - Returns: the callback's result for curl: the number of bytes taken, or `refused`.
    private static func call(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
        _ receive: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context = unsafe context else { return refused }
        let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        return unsafe receive(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : refused
    }

    private func check(_ code: CURLcode) throws(TransferError) {
        guard code != CURLE_OK else { return }
        throw unsafe .internalFailure("curl_easy_setopt: \(String(cString: curl_easy_strerror(code)))")
    }
}
