import Glibc
import System

/// One client: requests are read one at a time and answered in order, and nothing is read while a reply is due.
final class Connection {
    private enum State {
        case reading
        /// Has read what may be a further request, and begins it in its next turn.
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
        /// The reply is read, or there is room for the next one.
        case reply
        case drain
    }

    private let id: UInt64
    private let pool: ConnectionPool
    private var descriptor: Descriptor?
    private var watch: (set: DescriptorSet, interest: Interest)?
    private let timer: TimerSource
    private var deadline: Deadline?
    private var state = State.reading
    private var parser: RequestParser
    /// Read, and not parsed yet: never more than `Limits.readBytes`.
    private var input: [UInt8] = []
    private var drainedBytes = 0
    private var hasServed = false
    private var isAdvancing = false
    /// Read from the clock, not `loop.now`, because several connections act in one turn.
    private(set) var lastActivity: Monotonic

    /// Waits for a request. The pool may close it at any time after.
    init(id: UInt64, descriptor: consuming Descriptor, pool: ConnectionPool) throws(SystemError) {
        self.id = id
        self.pool = pool
        self.descriptor = consume descriptor
        parser = RequestParser(limits: pool.limits.message)
        lastActivity = .readClock()
        timer = try pool.loop.timer()
        timer.handler = { [unowned self] in deadlinePassed() }
        try watch(in: pool.requests, for: .readable)
        setReadingDeadline()
    }

    /// Whether the client has sent what the server has not read or not answered yet.
    var waitsForServer: Bool {
        switch state {
        case .answering:
            return true
        case .reading:
            var count: Int32 = 0
            return ioctl(rawDescriptor, UInt(FIONREAD), &count) == 0 && count > 0
        case .waiting, .writing, .draining, .closed:
            return false
        }
    }

    /// Whether the client has connected, or read a part of its reply, just now.
    var isPausing: Bool {
        guard .readClock() - lastActivity < pool.limits.stallTime else { return false }
        switch state {
        case .reading: return !hasServed
        case .writing: return true
        case .waiting, .answering, .draining, .closed: return false
        }
    }

    /// Whether the last request was answered completely; the next one may have come already.
    var isBetweenRequests: Bool {
        switch state {
        case .reading: hasServed
        case .waiting: true
        case .answering, .writing, .draining, .closed: false
        }
    }

    private var rawDescriptor: Int32 {
        descriptor?.rawValue ?? -1
    }

    // MARK: Events

    /// Takes a turn: begins at most one request, and writes at most `budget` bytes.
    func becameReady(budget: inout Int) {
        switch state {
        case .reading:
            receive()
            advance(beginsRequest: true, budget: &budget)
        case .waiting:
            state = .reading
            advance(beginsRequest: true, budget: &budget)
        case .writing:
            advance(budget: &budget)
        case .draining:
            drain()
        case .answering, .closed:
            break
        }
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
            advanceLater()
        case .reply:
            abort(.writeTimeout)
        case .drain, nil:
            close()
        }
    }

    private func setDeadline(_ kind: Deadline?, after time: Duration = .zero) {
        guard kind != deadline else { return }
        deadline = kind
        if kind == nil { timer.disarm() } else { timer.arm(after: time) }
    }

    private func setReadingDeadline() {
        if parser.isIdle {
            setDeadline(.firstByte, after: pool.limits.firstByteTime)
        } else {
            setDeadline(.request, after: pool.limits.requestTime)
        }
    }

    // MARK: From request to reply

    /// Goes as far as it can without waiting and within the bounds of its turn.
    private func advance(beginsRequest: Bool = false, budget: inout Int) {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        var mayBegin = beginsRequest
        while true {
            switch state {
            case .reading where input.isEmpty:
                setReadingDeadline()
                return wait(in: pool.requests, for: .readable)
            case .reading where !mayBegin:
                state = .waiting
                setDeadline(nil)
                setDeadline(.reply, after: pool.limits.replyTime)
            case .reading:
                mayBegin = false
                parse()
            case .waiting:
                // A client that does not read its replies gets no further ones.
                return wait(in: pool.requests, for: .writable)
            case .answering:
                return wait(in: nil)
            case .writing(var reply, let keepsAlive):
                guard budget > 0, write(&reply, keepsAlive: keepsAlive, budget: &budget) else {
                    return wait(in: pool.replies, for: .writable)
                }
            case .draining:
                return wait(in: pool.requests, for: .readable)
            case .closed:
                return
            }
        }
    }

    /// Leaves writing to the next turn, because the present one belongs to another source.
    private func advanceLater() {
        var budget = 0
        advance(budget: &budget)
    }

    private func wait(in set: DescriptorSet?, for interest: Interest = []) {
        do throws(SystemError) {
            try watch(in: set, for: interest)
        } catch {
            abort(.resources)
        }
    }

    private func watch(in set: DescriptorSet?, for interest: Interest) throws(SystemError) {
        if let watch, watch.set !== set {
            try watch.set.remove(rawDescriptor)
            self.watch = nil
        }
        guard let set else { return }
        if watch == nil {
            try set.add(rawDescriptor, interest, id: id)
        } else if watch?.interest != interest {
            try set.setInterest(interest, of: rawDescriptor, id: id)
        }
        watch = (set, interest)
    }

    private func receive() {
        do throws(SystemError) {
            let limit = pool.limits.readBytes
            let count = try pool.read(from: rawDescriptor, atMost: limit) { input.append(contentsOf: $0) }
            lastActivity = .readClock()
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
        advanceLater()
    }

    /// Answers for a handler that did not.
    func fail() {
        guard case .answering(let request) = state else { return }
        send(Response(status: .internalServerError), to: request, keepsAlive: false)
        advanceLater()
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
        lastActivity = .readClock()
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
            contentLength: response.hasKnownLength ? response.body.reduce(0) { $0 + $1.count } : nil,
            date: Int64(time(nil)),
            persistence: keepsAlive ? (opensByDefault ? .open : .keepAlive) : .close)
    }

    /// - Returns: false where the rest has to wait.
    private func write(_ reply: inout ReplyBytes, keepsAlive: Bool, budget: inout Int) -> Bool {
        let before = budget
        do throws(SystemError) {
            let takesMore = try reply.write(to: rawDescriptor, budget: &budget)
            if budget < before { lastActivity = .readClock() }
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
            guard let count = try pool.read(from: rawDescriptor, atMost: pool.limits.drainReadBytes) else { return }
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
        try? watch?.set.remove(rawDescriptor)
        watch = nil
        timer.disarm()
        input = []
        descriptor = nil
        pool.remove(id)
    }
}
