import Glibc
import System

/// A connection of a client. It handles one request at a time. It reads nothing from the socket while the handler
/// prepares a reply or the reply is written.
final class Connection {
    private enum State {
        case reading
        /// Bytes of the next request have already been read. They are parsed in the next turn of this connection, when
        /// the socket is writable.
        case waiting
        case answering(Request)
        case writing(ReplyBytes, keepsAlive: Bool)
        /// The final reply has been written, and input is discarded (`Limits.drainTime`).
        case draining
        case closed
    }

    private enum Deadline {
        case firstByte
        case request
        /// In `writing`, the reply must be written by then. In `waiting`, the socket must be writable by then.
        case reply
        case drain
    }

    private let id: UInt64
    private let pool: ConnectionPool
    private let descriptor: Descriptor
    private var watch: (set: DescriptorSet, interest: Interest)?
    private let timer: TimerSource
    private var deadline: Deadline?
    private var state = State.reading
    private var parser: RequestParser
    /// Bytes that have been read but not parsed. At most `Limits.readBytes`.
    private var input: [UInt8] = []
    private var drainedBytes = 0
    private var hasServed = false
    private var isAdvancing = false
    /// From the clock, not from `loop.now`, which is the same for all connections that are served in one turn.
    private(set) var lastActivity: Monotonic

    /// Starts to wait for a request.
    init(id: UInt64, descriptor: consuming Descriptor, pool: ConnectionPool) throws(SystemError) {
        self.id = id
        self.pool = pool
        self.descriptor = descriptor
        parser = RequestParser(limits: pool.limits.message)
        lastActivity = .readClock()
        timer = try pool.loop.timer()
        timer.handler = { [unowned self] in deadlinePassed() }
        try watch(in: pool.requests, for: .readable)
        setReadingDeadline()
    }

    /// Whether the client waits for the server: its request is being answered, or it has sent bytes that the server has
    /// not read yet.
    var waitsForServer: Bool {
        switch state {
        case .answering: true
        case .reading: descriptor.readableBytes > 0
        case .waiting, .writing, .draining, .closed: false
        }
    }

    /// Whether the client has connected, sent bytes of its first request, or read a part of a reply within
    /// `Limits.stallTime`.
    var isPausing: Bool {
        guard .readClock() - lastActivity < pool.limits.stallTime else { return false }
        switch state {
        case .reading: return !hasServed
        case .writing: return true
        case .waiting, .answering, .draining, .closed: return false
        }
    }

    /// Whether the previous request has been answered completely. The next request may have arrived already.
    var isBetweenRequests: Bool {
        switch state {
        case .reading: hasServed
        case .waiting: true
        case .answering, .writing, .draining, .closed: false
        }
    }

    /// The numbered body that is being written.
    var body: NumberedBody? {
        if case .writing(let reply, _) = state { reply.body } else { nil }
    }

    /// Whether nothing has been read or written for `Limits.stallTime` and the send buffer is full.
    var hasStoppedReading: Bool {
        .readClock() - lastActivity >= pool.limits.stallTime && !descriptor.isWritable
    }

    // MARK: Events

    /// Handles at most one request and writes at most `budget` bytes.
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

    /// Continues until the connection must wait or has used up its turn.
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

    /// Advances without writing. The reply is written in a later turn, because the current turn belongs to a different
    /// event source.
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
            try watch.set.remove(descriptor.rawValue)
            self.watch = nil
        }
        guard let set else { return }
        if watch == nil {
            try set.add(descriptor.rawValue, interest, id: id)
        } else if watch?.interest != interest {
            try set.setInterest(interest, of: descriptor.rawValue, id: id)
        }
        watch = (set, interest)
    }

    private func receive() {
        do throws(SystemError) {
            let bytes = try pool.read(from: descriptor, atMost: pool.limits.readBytes)
            lastActivity = .readClock()
            guard let bytes else { return }
            if bytes.isEmpty { close() } else { input += bytes }
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

    /// Does nothing unless a request is being answered.
    func respond(_ response: Response, keepsAlive: Bool = true) {
        guard case .answering(let request) = state else { return }
        send(response, to: request, keepsAlive: keepsAlive && request.keepsAlive)
        advanceLater()
    }

    /// Prepares the reply. `advance` writes it.
    private func send(_ response: Response, to request: Request? = nil, keepsAlive: Bool) {
        let head: [UInt8]
        do throws(InvalidHeaderField) {
            head = try response.head(
                date: Int64(time(nil)), minorVersion: request?.minorVersion ?? 1, keepsAlive: keepsAlive)
        } catch {
            return send(Response(status: .internalServerError), to: request, keepsAlive: false)
        }
        let hasContent = (request?.method ?? parser.method) != .head && response.status.allowsContent
        hasServed = true
        lastActivity = .readClock()
        pool.count(response.status)
        let body = hasContent ? response.body : []
        state = .writing(ReplyBytes(head: head, body: body, number: response.bodyNumber), keepsAlive: keepsAlive)
        setDeadline(.reply, after: pool.limits.replyTime)
    }

    /// - Returns: false if the socket accepts no more bytes now.
    private func write(_ reply: inout ReplyBytes, keepsAlive: Bool, budget: inout Int) -> Bool {
        let before = budget
        do throws(SystemError) {
            let takesMore = try reply.write(to: descriptor, budget: &budget)
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
        descriptor.endSending()
        setDeadline(.drain, after: pool.limits.drainTime)
    }

    private func drain() {
        do throws(SystemError) {
            guard let bytes = try pool.read(from: descriptor, atMost: pool.limits.drainReadBytes) else { return }
            drainedBytes += bytes.count
            if bytes.isEmpty || drainedBytes > pool.limits.drainBytes { close() }
        } catch {
            close()
        }
    }

    /// Ends the connection early and counts the reason.
    func abort(_ refusal: Refusal) {
        pool.count(refusal)
        if case .writing = state {
            // A reset tells the client that the reply is incomplete, and the kernel discards the rest of the reply.
            descriptor.resetOnClose()
        }
        close()
    }

    /// Ends the connection. The descriptor is closed when this object is released. Repeated calls do nothing.
    func close() {
        if case .closed = state { return }
        state = .closed
        try? watch?.set.remove(descriptor.rawValue)
        watch = nil
        timer.disarm()
        input = []
        pool.remove(id)
    }
}
