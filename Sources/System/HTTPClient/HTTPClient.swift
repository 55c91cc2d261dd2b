import CShims
import Glibc

/// A client for HTTP GET requests on an event loop. It does not wait for the network, because it uses curl's multi
/// interface (libcurl-multi(3)), and curl resolves host names in a thread.
///
/// Each transfer has its own connection, without TLS, proxies, redirects, cookies or compression. Dropping the client
/// cancels its transfers.
@safe package final class HTTPClient {
    /// Does not initialize TLS, which would need megabytes of memory.
    private static let globalCode = curl_global_init(Int(CURL_GLOBAL_NOTHING))

    private let loop: EventLoop
    private let userAgent: String
    private let multi: UnsafeMutableRawPointer
    private let timer: TimerSource
    /// Handles timeouts of zero and resumes paused transfers.
    private let nextTurn: DeferredSource
    private let completions: DeferredSource
    private var sockets: [Int32: IOSource] = [:]
    /// The running transfers by `CurlTransfer.id`.
    private var transfers: [Int: CurlTransfer] = [:]
    /// Transfers to remove as soon as no function of curl is running. The error is nil if the transfer was cancelled.
    private var removals: [(transfer: CurlTransfer, error: TransferError?)] = []
    private var isInsideCurl = false

    /// - Parameter userAgent: such as `storpool-pve-exporter/1.0`.
    package init(loop: EventLoop, userAgent: String) throws(SystemError) {
        self.loop = loop
        self.userAgent = userAgent
        timer = try loop.timer()
        nextTurn = try loop.deferred()
        completions = try loop.deferred()
        guard Self.globalCode == CURLE_OK, let multi = unsafe curl_multi_init() else {
            throw SystemError(operation: "curl_multi_init", code: ENOMEM)
        }
        unsafe self.multi = multi
        timer.handler = { [unowned self] in act(on: CURL_SOCKET_TIMEOUT, 0) }
        nextTurn.handler = { [unowned self] in resume() }
        completions.handler = { [unowned self] in complete() }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_multi_set_socket_function(
            multi,
            { easy, socket, what, context, known in
                unsafe HTTPClient.at(context)?.watch(socket, what, for: easy, isKnown: known != nil)
                return 0
            }, context)
        unsafe ccurl_multi_set_timer_function(
            multi,
            { _, milliseconds, context in
                unsafe HTTPClient.at(context)?.setTimer(milliseconds)
                return 0
            }, context)
    }

    deinit {
        // Removes the sources before curl closes their descriptors, and prevents curl from calling this object again.
        sockets.removeAll()
        unsafe ccurl_multi_set_socket_function(multi, nil, nil)
        unsafe ccurl_multi_set_timer_function(multi, nil, nil)
        for transfer in transfers.values {
            transfer.abandon()
            unsafe curl_multi_remove_handle(multi, transfer.easy)
        }
        transfers.removeAll()
        removals.removeAll()
        unsafe curl_multi_cleanup(multi)
    }

    /// Starts a transfer. Callbacks are called in later turns of the loop.
    ///
    /// - Parameters:
    ///   - body: called with the status and the next part of the body, of at most 16 KiB (`CURL_MAX_WRITE_SIZE`). It
    ///     must not start a transfer.
    ///   - completion: called once, unless the transfer is cancelled.
    package func get(
        _ request: HTTPRequest, body: @escaping (_ status: Int, _ bytes: RawSpan) -> BodyVerdict,
        completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
    ) throws(TransferError) -> Transfer {
        let transfer = try CurlTransfer(request, userAgent: userAgent, body: body, completion: completion)
        let code = unsafe curl_multi_add_handle(multi, transfer.easy)
        if code != CURLM_OK { throw .internalFailure("curl_multi_add_handle: \(code.text)") }
        transfers[transfer.id] = transfer
        return Transfer(transfer, self)
    }

    func cancel(_ transfer: CurlTransfer) {
        if transfer.isFinished { return }
        transfer.abandon()
        if isInsideCurl { removeLater(transfer, nil) } else { remove(transfer) }
    }

    // MARK: Called by curl

    private static func at(_ context: UnsafeMutableRawPointer?) -> HTTPClient? {
        unsafe context.map { unsafe Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Watches a socket (`CURLMOPT_SOCKETFUNCTION`).
    ///
    /// - Parameter isKnown: whether curl has reported this socket before. False for a new socket, even if a closed
    ///   socket had the same number.
    private func watch(_ socket: Int32, _ what: Int32, for easy: UnsafeMutableRawPointer?, isKnown: Bool) {
        if what == CURL_POLL_REMOVE {
            sockets[socket] = nil
            return
        }
        var interest: Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        do throws(SystemError) {
            if isKnown, let source = sockets[socket] {
                try source.setInterest(interest)
            } else {
                // If a source with this number exists, it belongs to a closed socket.
                sockets[socket] = nil
                sockets[socket] = try loop.watch(socket, interest) { [unowned self] in act(on: socket, $0.curlMask) }
                unsafe curl_multi_assign(multi, socket, multi)
            }
        } catch {
            let failure = TransferError.internalFailure(error.description)
            if let transfer = transfers[Int(bitPattern: easy)] { removeLater(transfer, failure) }
        }
    }

    /// Sets the timer (`CURLMOPT_TIMERFUNCTION`). -1 means no timeout.
    private func setTimer(_ milliseconds: Int) {
        if milliseconds > 0 { timer.arm(after: .milliseconds(milliseconds)) } else { timer.disarm() }
        if milliseconds == 0 { nextTurn.arm() }
    }

    // MARK: Called by the loop

    private func resume() {
        isInsideCurl = true
        for transfer in transfers.values { transfer.resume() }
        isInsideCurl = false
        act(on: CURL_SOCKET_TIMEOUT, 0)
    }

    private func act(on socket: Int32, _ mask: Int32) {
        var running: Int32 = 0
        isInsideCurl = true
        let code = unsafe curl_multi_socket_action(multi, socket, mask, &running)
        isInsideCurl = false
        if code != CURLM_OK {
            for transfer in transfers.values {
                removeLater(transfer, .internalFailure("curl_multi_socket_action: \(code.text)"))
            }
        }
        if Int(running) < transfers.count { completions.arm() }
        if transfers.values.contains(where: \.isPaused) { nextTurn.arm() }
    }

    private func removeLater(_ transfer: CurlTransfer, _ error: TransferError?) {
        removals.append((transfer, error))
        completions.arm()
    }

    /// Removes ended transfers and calls their completions. A completion may start and cancel transfers, because no
    /// function of curl is running.
    private func complete() {
        while let (transfer, error) = removals.popLast() {
            remove(transfer)
            if let error { transfer.finish(.failure(error)) }
        }
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            // Copied first, because removing the handle frees the message.
            let (id, result) = unsafe (Int(bitPattern: message.pointee.easy_handle), message.pointee.data.result)
            guard unsafe message.pointee.msg == CURLMSG_DONE, let transfer = transfers[id] else { continue }
            remove(transfer)
            transfer.finish(result)
        }
    }

    private func remove(_ transfer: CurlTransfer) {
        guard transfers.removeValue(forKey: transfer.id) != nil else { return }
        unsafe curl_multi_remove_handle(multi, transfer.easy)
    }
}

extension Readiness {
    fileprivate var curlMask: Int32 {
        var mask: Int32 = 0
        if !isDisjoint(with: [.readable, .hangUp]) { mask |= CURL_CSELECT_IN }
        if contains(.writable) { mask |= CURL_CSELECT_OUT }
        if contains(.error) { mask |= CURL_CSELECT_ERR }
        return mask
    }
}

extension CURLMcode {
    fileprivate var text: String { unsafe String(cString: curl_multi_strerror(self)) }
}
