import CShims

/// HTTP GET by curl's multi interface, driven by an event loop: nothing here blocks, and all of it runs on the loop's
/// thread.
///
/// One connection for each transfer; no TLS, proxy, redirect, cookie or compression. Dropping the client cancels its
/// transfers.
package final class HTTPClient {
    /// Without TLS, which takes megabytes and is never used.
    private static let globalCode = curl_global_init(Int(CURL_GLOBAL_NOTHING))

    private let loop: EventLoop
    private let userAgent: String
    private let multi: UnsafeMutableRawPointer
    private let timer: TimerSource
    /// A turn that need not wait: for what curl wants done at once, and for transfers that have paused.
    private let nextTurn: DeferredSource
    private let completions: DeferredSource
    private var sockets: [Int32: IOSource] = [:]
    private var jobs: [UnsafeMutableRawPointer: Job] = [:]
    /// To be removed once curl is not on the stack, each with the error to report, if anybody is to be told.
    private var doomed: [(job: Job, error: TransferError?)] = []
    private var isInsideCurl = false

    /// - Parameter userAgent: the header of that name, such as `storpool-pve-exporter/1.0`.
    package init(loop: EventLoop, userAgent: String) throws(CurlError) {
        guard Self.globalCode == CURLE_OK, let multi = curl_multi_init() else {
            throw CurlError(description: "curl cannot be initialized")
        }
        self.loop = loop
        self.userAgent = userAgent
        self.multi = multi
        do throws(SystemError) {
            timer = try loop.timer()
            nextTurn = try loop.deferred()
            completions = try loop.deferred()
        } catch {
            curl_multi_cleanup(multi)
            throw CurlError(description: error.description)
        }
        timer.handler = { [unowned self] in act(on: CURL_SOCKET_TIMEOUT, 0) }
        nextTurn.handler = { [unowned self] in goOn() }
        completions.handler = { [unowned self] in drain() }
        let context = Unmanaged.passUnretained(self).toOpaque()
        let socketCode = ccurl_multi_set_socket_function(
            multi,
            { easy, socket, what, context, known in
                context.map {
                    Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue()
                        .watch(socket, what, for: easy, isKnown: known != nil)
                }
                return 0
            }, context)
        let timerCode = ccurl_multi_set_timer_function(
            multi,
            { _, milliseconds, context in
                context.map { Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue().setTimer(milliseconds) }
                return 0
            }, context)
        guard socketCode == CURLM_OK, timerCode == CURLM_OK else {
            throw CurlError(description: "curl_multi_setopt failed")
        }
    }

    deinit {
        // No callback may reach an object that is going, and no closed descriptor be watched.
        sockets.removeAll()
        ccurl_multi_set_socket_function(multi, nil, nil)
        ccurl_multi_set_timer_function(multi, nil, nil)
        for job in jobs.values {
            job.abandon()
            curl_multi_remove_handle(multi, job.easy)
        }
        jobs.removeAll()
        doomed.removeAll()
        curl_multi_cleanup(multi)
    }

    /// Starts a transfer; everything else happens in later turns of the loop.
    ///
    /// - Parameters:
    ///   - body: gets the status of the reply, whatever it is, and the next part of its body, at most 16 KiB
    ///     (`CURL_MAX_WRITE_SIZE`). Not called for an empty body. Must not start a transfer.
    ///   - completion: called once, unless the transfer is cancelled. May start the next transfer.
    /// - Returns: the transfer, for the caller to keep: dropping it cancels it.
    package func get(
        _ request: HTTPRequest, body: @escaping (_ status: Int, _ bytes: RawSpan) -> BodyVerdict,
        completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
    ) throws(TransferError) -> Transfer {
        let job = try Job(request, userAgent: userAgent, body: body, completion: completion)
        let code = curl_multi_add_handle(multi, job.easy)
        if code != CURLM_OK { throw .internalFailure("curl_multi_add_handle: \(code.text)") }
        jobs[job.easy] = job
        return Transfer(job: job, client: self)
    }

    func cancel(_ job: Job) {
        if job.isOver { return }
        job.abandon()
        if isInsideCurl {
            doom(job, nil)
        } else {
            remove(job)
        }
    }

    // MARK: What curl asks for

    /// - Parameter isKnown: false for a socket that curl has not asked about since it was opened.
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
                // A source under this number, if any, was of a socket that is closed since.
                sockets[socket] = nil
                sockets[socket] = try loop.watch(socket, interest) { [unowned self] readiness in
                    act(on: socket, readiness.curlMask)
                }
                curl_multi_assign(multi, socket, multi)
            }
        } catch {
            let failure = TransferError.internalFailure(error.description)
            for job in easy.flatMap({ jobs[$0] }).map({ [$0] }) ?? Array(jobs.values) { doom(job, failure) }
        }
    }

    private func setTimer(_ milliseconds: Int) {
        // A timer takes its time to go off, however short its delay.
        if milliseconds > 0 { timer.arm(after: .milliseconds(milliseconds)) } else { timer.disarm() }
        if milliseconds == 0 { nextTurn.arm() }
    }

    // MARK: What the loop calls

    private func goOn() {
        isInsideCurl = true
        for job in jobs.values { job.resume() }
        isInsideCurl = false
        act(on: CURL_SOCKET_TIMEOUT, 0)
    }

    private func act(on socket: Int32, _ mask: Int32) {
        var running: Int32 = 0
        isInsideCurl = true
        let code = curl_multi_socket_action(multi, socket, mask, &running)
        isInsideCurl = false
        if code != CURLM_OK {
            for job in jobs.values { doom(job, .internalFailure("curl_multi_socket_action: \(code.text)")) }
        }
        if Int(running) < jobs.count { completions.arm() }
        if jobs.values.contains(where: \.isPaused) { nextTurn.arm() }
    }

    private func doom(_ job: Job, _ error: TransferError?) {
        doomed.append((job, error))
        completions.arm()
    }

    /// Tells the callers of transfers that are over, with curl not on the stack, so that they may do as they like.
    private func drain() {
        while let (job, error) = doomed.popLast() {
            remove(job)
            if let error { job.finish(.failure(error)) }
        }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            // Removing the handle frees the message.
            let (easy, result) = (message.pointee.easy_handle, message.pointee.data.result)
            guard message.pointee.msg == CURLMSG_DONE, let easy, let job = jobs[easy] else { continue }
            remove(job)
            job.finish(result)
        }
    }

    private func remove(_ job: Job) {
        guard jobs.removeValue(forKey: job.easy) != nil else { return }
        curl_multi_remove_handle(multi, job.easy)
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
    fileprivate var text: String { String(cString: curl_multi_strerror(self)) }
}
