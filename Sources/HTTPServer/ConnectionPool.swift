internal import EventLoop
internal import Glibc
internal import HTTPMessages

/// The open connections and what they share.
final class ConnectionPool {
    let loop: EventLoop
    let limits: Limits
    let handler: (Request, Responder) -> Void
    var statistics = HTTPStatistics()
    private var connections: [ObjectIdentifier: Connection] = [:]
    private let bound: Int
    /// Those that have sent more requests than were answered, each at most once, and what begins one request of the
    /// first. However many they are, to the loop they are one source: whoever asks for one thing at a time waits for one
    /// of their requests, and they for each other.
    private var queue: [Connection] = []
    private var turn: DeferredSource?
    /// Where all connections read to, one at a time; each keeps only what it cannot use at once.
    private var readBuffer: [UInt8]

    init(
        loop: EventLoop, limits: Limits, handler: @escaping (Request, Responder) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        readBuffer = Array(repeating: 0, count: limits.readBytes)
        bound = min(limits.connections, try Self.descriptors(sparing: limits.sparedDescriptors))
        turn = try loop.deferred { [weak self] in self?.takeTurn() }
    }

    /// How many descriptors connections may take of those that the process may have (`RLIMIT_NOFILE`). Half, where that
    /// is hardly enough for anything.
    private static func descriptors(sparing spared: Int) throws(SystemError) -> Int {
        var limit = rlimit()
        try SystemError.check("getrlimit") { getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        let all = Int(clamping: limit.rlim_cur)
        return max(1, all - spared, all / 2)
    }

    /// Serves a connected, non-blocking socket. Where the bound is reached, closes another first.
    func add(_ descriptor: consuming Descriptor) {
        while connections.count >= bound, makeRoom(because: .connections) {}
        let connection = Connection(descriptor: descriptor, pool: self)
        connections[ObjectIdentifier(connection)] = connection
        statistics.openConnections = connections.count
        do throws(SystemError) {
            try connection.start()
        } catch {
            connection.abort(.resources)
        }
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        queue.removeAll { $0 === connection }
        statistics.openConnections = connections.count
    }

    /// Has the connection take its turn, after those that wait for theirs.
    func queue(_ connection: Connection) {
        queue.append(connection)
        turn?.arm()
    }

    private func takeTurn() {
        guard !queue.isEmpty else { return }
        let first = queue.removeFirst()
        if !queue.isEmpty { turn?.arm() }
        first.takeTurn()
    }

    /// Closes the connection idle longest, whatever it is used for: who sends half a request and no more, or reads no
    /// reply, is as idle as who asks for nothing.
    ///
    /// - Returns: false where there is none.
    func makeRoom(because refusal: Refusal) -> Bool {
        let oldest = connections.values.min { $0.lastActivity < $1.lastActivity }
        oldest?.abort(refusal)
        return oldest != nil
    }

    func stop() {
        for connection in Array(connections.values) { connection.close() }
    }

    /// Reads once, as much as the shared buffer takes.
    ///
    /// - Returns: how much was read, 0 at the end of what the client sends, nil where nothing is there now.
    func read(from descriptor: Int32, _ body: (ArraySlice<UInt8>) -> Void = { _ in }) throws(SystemError) -> Int? {
        do throws(SystemError) {
            let count = try SystemError.check("recv") {
                readBuffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            }
            body(readBuffer.prefix(count))
            return count
        } catch {
            if error.code == EAGAIN || error.code == EWOULDBLOCK { return nil }
            throw error
        }
    }

    func count(_ status: StatusCode) {
        statistics.requests[status.rawValue, default: 0] &+= 1
    }

    func count(_ refusal: Refusal) {
        statistics.refused[refusal, default: 0] &+= 1
    }
}
