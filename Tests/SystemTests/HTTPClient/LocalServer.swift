import System

/// How the server replies to a request.
struct Reply {
    enum Ending {
        case close
        case reset
        /// Sends nothing more and never closes.
        case hang
    }

    /// Parts of the reply, sent one after the other.
    var parts: [[UInt8]]
    var ending = Ending.close
    /// Time before each part.
    var delay = Duration.zero

    init(_ text: String, then ending: Ending = .close) {
        parts = [[UInt8](text.utf8)]
        self.ending = ending
    }

    init(parts: [[UInt8]], then ending: Ending = .close, delay: Duration = .zero) {
        self.parts = parts
        self.ending = ending
        self.delay = delay
    }

    static func json(_ body: String) -> Reply {
        Reply("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

/// A server on 127.0.0.1 that gives every request the same reply, on the loop of its test.
final class LocalServer {
    let port: UInt16
    /// Heads of the requests that have arrived.
    private(set) var requests: [String] = []
    /// Connections accepted and not yet closed by either side.
    var openConnections: Int { connections.count }
    private let listener: Descriptor
    private let loop: EventLoop
    private let reply: Reply
    private let source: IOSource
    private var connections: [Int32: Connection] = [:]

    init(loop: EventLoop, reply: Reply) throws {
        self.loop = loop
        self.reply = reply
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0]
        listener = try Descriptor.socket(for: address)
        try listener.bind(to: address)
        try listener.listen(backlog: 16)
        port = try SocketAddress(of: listener).port
        source = try loop.watch(listener.rawValue, .readable)
        source.handler = { [unowned self] _ in accept() }
    }

    var url: String { "http://127.0.0.1:\(port)/ctrl/1.0/VolumesList" }

    private func accept() {
        guard let client = try? listener.accept() else { return }
        let number = client.rawValue
        connections[number] = try? Connection(
            client, loop: loop, reply: reply,
            onRequest: { [weak self] in self?.requests.append($0) },
            onClose: { [weak self] in self?.connections[number] = nil })
    }
}

private final class Connection {
    private let socket: Descriptor
    private let reply: Reply
    private let source: IOSource
    private let timer: TimerSource
    private var head: [UInt8] = []
    private var isAnswering = false
    private var part = 0
    private var sent = 0
    private let onRequest: (String) -> Void
    private let onClose: () -> Void

    init(
        _ socket: consuming Descriptor, loop: EventLoop, reply: Reply, onRequest: @escaping (String) -> Void,
        onClose: @escaping () -> Void
    ) throws {
        timer = try loop.timer()
        source = try loop.watch(socket.rawValue, .readable)
        self.socket = socket
        self.reply = reply
        self.onRequest = onRequest
        self.onClose = onClose
        timer.handler = { [unowned self] in try? source.setInterest([.readable, .writable]) }
        source.handler = { [unowned self] in becameReady($0) }
    }

    private func becameReady(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.readable, .hangUp, .error]) { read() }
        if readiness.contains(.writable) { write() }
    }

    private func read() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let count = try? socket.receive(into: &bytes), count > 0 else { return close() }
        head += bytes.prefix(count)
        if !isAnswering, head.suffix(4) == [13, 10, 13, 10] {
            isAnswering = true
            onRequest(String(decoding: head, as: UTF8.self))
            timer.arm(after: reply.delay)
        }
    }

    private func write() {
        guard part < reply.parts.count else { return end() }
        do throws(SystemError) {
            guard let count = try socket.send(reply.parts[part][sent...]) else { return }
            sent += count
        } catch {
            return close()
        }
        guard sent == reply.parts[part].count else { return }
        (part, sent) = (part + 1, 0)
        if reply.delay > .zero {
            try? source.setInterest(.readable)
            timer.arm(after: reply.delay)
        }
    }

    private func end() {
        switch reply.ending {
        case .hang:
            try? source.setInterest(.readable)
        case .close:
            close()
        case .reset:
            socket.resetOnClose()
            close()
        }
    }

    /// Ends the connection. The server then drops this object, which closes the descriptor.
    private func close() {
        source.cancel()
        timer.disarm()
        onClose()
    }
}
