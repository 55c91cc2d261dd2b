import Glibc
import System

/// A connection that serves one request.
final class Connection {
    /// Maximum number of bytes sent in one iteration of the loop, so that large replies do not delay others.
    private static let bytesPerIteration = 512 << 10
    /// Number of writes per second of a slow reply.
    private static let ticksPerSecond = 20
    /// Time after the reply in which the client must close the connection.
    private static let lingering = Duration.seconds(5)

    private let descriptor: Descriptor
    private let source: IOSource
    private var isEnded = false
    private let timer: TimerSource
    private var reader = RequestReader()
    private var writer: ReplyWriter?
    /// Whether the reply is being sent without a limit of its rate.
    private var isSending = false
    private var isFinished = false
    private let answer: (SimulatorRequest) -> Reply
    private let closed: (Connection) -> Void

    /// - Parameters:
    ///   - answer: called once with the request; returns the reply.
    ///   - closed: called once at the end, to release the connection.
    init(
        _ descriptor: consuming Descriptor, loop: EventLoop, answer: @escaping (SimulatorRequest) -> Reply,
        closed: @escaping (Connection) -> Void
    ) throws(SystemError) {
        self.answer = answer
        self.closed = closed
        timer = try loop.timer()
        source = try loop.watch(descriptor.rawValue, .readable)
        self.descriptor = descriptor
        source.handler = { [unowned self] _ in turn() }
    }

    private func turn() {
        if isSending { send(atMost: Self.bytesPerIteration) } else { read() }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        do throws(SystemError) {
            guard let count = try descriptor.receive(into: &buffer) else { return }
            guard count > 0 else { return end() }
            guard writer == nil else { return }
            switch reader.append(buffer.prefix(count)) {
            case .incomplete: return
            case .malformed(let status, let explanation):
                begin(Answer.error("invalidParam", explanation, status: status).reply)
            case .request(let request): begin(answer(request))
            }
        } catch {
            end()
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
        send(atMost: Self.bytesPerIteration)
    }

    private func send(atMost limit: Int) {
        var left = limit
        while left > 0, var writer {
            let pending = writer.pending().prefix(left)
            self.writer = writer
            if pending.isEmpty { return finish() }
            do throws(SystemError) {
                // The client does not read. For a slow reply, the timer tries again.
                guard let count = try descriptor.send(pending) else { return isSending ? wait(for: .writable) : () }
                self.writer?.consume(count)
                left -= count
            } catch {
                return end()
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
            descriptor.resetOnClose()
            end()
        case .stall: wait(for: .readable)
        default:
            // Closing with unread request bytes would send an RST, and the client would lose the reply.
            descriptor.endSending()
            wait(for: .readable)
            timer.handler = { [unowned self] in end() }
            timer.arm(after: Self.lingering)
        }
    }

    private func wait(for interest: Interest) {
        guard !isEnded, source.interest != interest else { return }
        do { try source.setInterest(interest) } catch { end() }
    }

    func end() {
        guard !isEnded else { return }
        isEnded = true
        source.cancel()
        timer.disarm()
        closed(self)
    }
}
