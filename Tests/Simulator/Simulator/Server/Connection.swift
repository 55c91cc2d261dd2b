import Glibc
import System

/// One connection: one request, one reply, and its end.
final class Connection {
    /// Bytes sent in one turn of the loop, so that a reply of any size leaves turns to the others.
    private static let bytesPerTurn = 512 << 10
    /// How often a slow reply sends, in a second.
    private static let ticksPerSecond = 20
    /// How long the other side may take to close after the reply.
    private static let lingering = Duration.seconds(5)

    private let descriptor: Descriptor
    private let loop: EventLoop
    private let source: IOSource
    private var isEnded = false
    private let timer: TimerSource
    private var reader = RequestReader()
    private var writer: ReplyWriter?
    /// Whether the loop says when to send; else a timer does, or all is sent.
    private var isSending = false
    private var isFinished = false
    private let answer: (SimulatorRequest) -> Reply
    private let closed: (Connection) -> Void

    /// - Parameters:
    ///   - answer: called once, with the request.
    ///   - closed: called once, when the connection is over; the owner drops it then.
    init(
        owning number: Int32, loop: EventLoop, answer: @escaping (SimulatorRequest) -> Reply,
        closed: @escaping (Connection) -> Void
    ) throws(SystemError) {
        descriptor = Descriptor(owning: number)
        self.loop = loop
        self.answer = answer
        self.closed = closed
        timer = try loop.timer()
        source = try loop.watch(number, .readable)
        source.handler = { [unowned self] _ in turn() }
    }

    private func turn() {
        if isSending { send(atMost: Self.bytesPerTurn) } else { read() }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        switch Socket.receive(into: &buffer, from: descriptor.rawValue) {
        case .wouldBlock: return
        case .failed, .bytes(0): end()
        case .bytes(let count):
            guard writer == nil else { return }
            switch reader.append(buffer.prefix(count)) {
            case .incomplete: return
            case .malformed(let status, let explanation):
                begin(Answer.error("invalidParam", explanation, status: status).reply)
            case .request(let request): begin(answer(request))
            }
        }
    }

    private func begin(_ reply: Reply) {
        writer = ReplyWriter(reply)
        guard let delay = reply.delay else { return start() }
        timer.handler = { [unowned self] in start() }
        timer.arm(after: .seconds(1) * delay)
    }

    private func start() {
        guard writer?.reply.rate == nil else {
            timer.handler = { [unowned self] in sendSlowly() }
            return sendSlowly()
        }
        isSending = true
        send(atMost: Self.bytesPerTurn)
    }

    private func send(atMost limit: Int) {
        var left = limit
        while left > 0, var writer {
            let pending = writer.pending().prefix(left)
            self.writer = writer
            if pending.isEmpty { return finish() }
            switch Socket.send(pending, to: descriptor.rawValue) {
            case .wouldBlock:
                // A slow reply tries again with its next tick.
                return isSending ? wait(for: .writable) : ()
            case .failed: return end()
            case .bytes(let count):
                self.writer?.consume(count)
                left -= count
            }
        }
        if isSending { wait(for: .writable) }
    }

    private func sendSlowly() {
        guard let rate = writer?.reply.rate else { return }
        let perTick = max(1, rate / Self.ticksPerSecond)
        send(atMost: perTick)
        guard !isFinished, !isEnded else { return }
        timer.arm(after: .seconds(1) * Double(perTick) / Double(rate))
    }

    private func finish() {
        isSending = false
        isFinished = true
        switch writer?.reply.ending {
        case .reset:
            Socket.resetOnClose(descriptor.rawValue)
            end()
        case .stall: wait(for: .readable)
        default:
            // Closing with a body of the request unread would send an RST and take the reply back.
            shutdown(descriptor.rawValue, Int32(SHUT_WR))
            wait(for: .readable)
            timer.handler = { [unowned self] in end() }
            timer.arm(after: Self.lingering)
        }
    }

    private func wait(for interest: Interest) {
        guard !isEnded, source.interest != interest else { return }
        do { try source.setInterest(interest) } catch { end() }
    }

    /// Ends the connection now.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        source.cancel()
        timer.disarm()
        closed(self)
    }
}
