internal import EventLoop
internal import Glibc
internal import HTTPMessages

/// One client: requests are read one at a time and answered in order, and nothing is read while a reply is due.
final class Connection {
    private enum State {
        case reading
        /// Has read what may be a further request, which is not begun before `ConnectionPool.takeTurn`.
        case waiting
        case answering(Request)
        case writing(ReplyBytes, keepsAlive: Bool)
        /// The last reply is written; see `Limits.drainTime`.
        case draining
        case closed
    }

    private enum Deadline {
        case firstByte
        case request
        case reply
        case drain
    }

    private let pool: ConnectionPool
    private var descriptor: Descriptor?
    private var source: IOSource?
    private var timer: TimerSource?
    private var deadline: Deadline?
    private var state = State.reading
    private var parser: RequestParser
    /// Read, and not parsed yet: never more than `Limits.readBytes`.
    private var input: [UInt8] = []
    private var drainedBytes = 0
    private var hasServed = false
    private var isAdvancing = false
    private(set) var lastActivity: Monotonic

    init(descriptor: consuming Descriptor, pool: ConnectionPool) {
        self.pool = pool
        self.descriptor = consume descriptor
        parser = RequestParser(limits: pool.limits.message)
        lastActivity = pool.loop.now
    }

    /// Begins to wait for a request.
    func start() throws(SystemError) {
        timer = try pool.loop.timer { [weak self] in self?.deadlinePassed() }
        source = try pool.loop.watch(rawDescriptor, .readable) { [weak self] _ in self?.becameReady() }
        setReadingDeadline()
    }

    private var rawDescriptor: Int32 {
        descriptor?.rawValue ?? -1
    }

    // MARK: Events

    private func becameReady() {
        switch state {
        case .reading:
            receive()
            advance(beginsRequest: true)
        case .writing:
            advance()
        case .draining:
            drain()
        case .waiting, .answering, .closed:
            break
        }
    }

    /// Begins the request that waits.
    func takeTurn() {
        guard case .waiting = state else { return }
        state = .reading
        advance(beginsRequest: true)
    }

    private func deadlinePassed() {
        switch deadline {
        case .firstByte:
            if !hasServed { pool.count(.idleTimeout) }
            close()
        case .request:
            pool.count(.headTimeout)
            send(
                Response(status: .requestTimeout, explanation: "The request did not arrive in time."),
                keepsAlive: false)
            advance()
        case .reply:
            abort(.writeTimeout)
        case .drain, nil:
            close()
        }
    }

    private func setDeadline(_ kind: Deadline?, after time: Duration = .zero) {
        guard kind != deadline else { return }
        deadline = kind
        if kind == nil { timer?.disarm() } else { timer?.arm(after: time) }
    }

    private func setReadingDeadline() {
        if parser.isIdle {
            setDeadline(.firstByte, after: pool.limits.firstByteTime)
        } else {
            setDeadline(.request, after: pool.limits.requestTime)
        }
    }

    // MARK: From request to reply

    /// Goes as far as it can without waiting, up to the bounds of one turn: one request, of unknown cost, and
    /// `Limits.bytesPerTurn`.
    private func advance(beginsRequest: Bool = false) {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        var mayBegin = beginsRequest
        var bytes = pool.limits.bytesPerTurn
        while true {
            switch state {
            case .reading where input.isEmpty:
                setReadingDeadline()
                return wait(for: .readable)
            case .reading where !mayBegin:
                state = .waiting
                // From here on it is the client who waits.
                setDeadline(nil)
                pool.queue(self)
            case .reading:
                mayBegin = false
                parse()
            case .waiting, .answering:
                return wait(for: [])
            case .writing(var reply, let keepsAlive):
                guard bytes > 0, write(&reply, keepsAlive: keepsAlive, budget: &bytes) else {
                    return wait(for: .writable)
                }
            case .draining:
                return wait(for: .readable)
            case .closed:
                return
            }
        }
    }

    private func wait(for interest: Interest) {
        do throws(SystemError) {
            try source?.setInterest(interest)
        } catch {
            abort(.resources)
        }
    }

    private func receive() {
        do throws(SystemError) {
            let count = try pool.read(from: rawDescriptor) { input.append(contentsOf: $0) }
            lastActivity = pool.loop.now
            if count == 0 { close() }
        } catch {
            close()
        }
    }

    private func parse() {
        let (taken, outcome) = parser.consume(input.span)
        if taken == input.count { input = [] } else { input.removeFirst(taken) }
        switch outcome {
        case .incomplete:
            break
        case .request(let request):
            state = .answering(request)
            setDeadline(nil)
            pool.handler(request, Responder(self))
        case .failure(let failure):
            send(Response(status: failure.status, explanation: failure.explanation), keepsAlive: false)
        }
    }

    /// Answers the request that is being answered; does nothing otherwise.
    func respond(_ response: Response) {
        guard case .answering(let request) = state else { return }
        send(response, to: request, keepsAlive: request.keepsAlive)
        advance()
    }

    /// Answers for a handler that did not.
    func fail() {
        guard case .answering(let request) = state else { return }
        send(Response(status: .internalServerError), to: request, keepsAlive: false)
        advance()
    }

    /// Makes the reply the one to be written.
    private func send(_ response: Response, to request: Request? = nil, keepsAlive: Bool) {
        var response = response
        var keepsAlive = keepsAlive
        let head: [UInt8]
        do throws(ResponseHead.InvalidField) {
            head = try encodedHead(response, to: request, keepsAlive: keepsAlive)
        } catch {
            response = Response(status: .internalServerError)
            keepsAlive = false
            head = (try? encodedHead(response, to: request, keepsAlive: false)) ?? []
        }
        let hasContent = (request?.method ?? parser.method) != .head && response.status.allowsContent
        hasServed = true
        lastActivity = pool.loop.now
        pool.count(response.status)
        state = .writing(ReplyBytes(head: head, body: hasContent ? response.body : []), keepsAlive: keepsAlive)
        setDeadline(.reply, after: pool.limits.replyTime)
    }

    private func encodedHead(
        _ response: Response, to request: Request?, keepsAlive: Bool
    ) throws(ResponseHead.InvalidField) -> [UInt8] {
        var fields: [ResponseHead.Field] = []
        if let type = response.contentType { fields.append(.init("Content-Type", type)) }
        let opensByDefault = (request?.minorVersion ?? 1) >= 1
        return try ResponseHead(status: response.status, fields: fields + response.headers).encoded(
            contentLength: response.body.reduce(0) { $0 + $1.count }, date: Int64(time(nil)),
            persistence: keepsAlive ? (opensByDefault ? .open : .keepAlive) : .close)
    }

    /// - Returns: false where the rest has to wait.
    private func write(_ reply: inout ReplyBytes, keepsAlive: Bool, budget: inout Int) -> Bool {
        let before = budget
        do throws(SystemError) {
            let takesMore = try reply.write(to: rawDescriptor, budget: &budget)
            if budget < before { lastActivity = pool.loop.now }
            if !reply.isEmpty {
                state = .writing(reply, keepsAlive: keepsAlive)
                return takesMore
            }
        } catch {
            abort(.reset)
            return true
        }
        if keepsAlive { state = .reading } else { beginDraining() }
        return true
    }

    // MARK: The end

    private func beginDraining() {
        state = .draining
        input = []
        // The client learns that nothing follows; failing means that it has gone, which reading will show.
        _ = shutdown(rawDescriptor, Int32(SHUT_WR))
        setDeadline(.drain, after: pool.limits.drainTime)
    }

    private func drain() {
        do throws(SystemError) {
            guard let count = try pool.read(from: rawDescriptor) else { return }
            drainedBytes += count
            if count == 0 || drainedBytes > pool.limits.drainBytes { close() }
        } catch {
            close()
        }
    }

    /// Ends the connection before its time, and counts why.
    func abort(_ refusal: Refusal) {
        pool.count(refusal)
        if case .writing = state {
            // Resets: the client must not take half a reply for a whole, nor the kernel keep the rest for it.
            var lingering = linger(l_onoff: 1, l_linger: 0)
            setsockopt(rawDescriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        }
        close()
    }

    /// Ends the connection and gives back everything it holds. Harmless when repeated.
    func close() {
        if case .closed = state { return }
        state = .closed
        source?.cancel()
        source = nil
        timer = nil
        input = []
        descriptor = nil
        pool.remove(self)
    }
}
