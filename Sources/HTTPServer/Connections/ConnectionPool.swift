import Glibc
import System

/// The open connections and the resources that they share.
final class ConnectionPool {
    let loop: EventLoop
    let limits: Limits
    let handler: (Request, Responder) -> Void
    private(set) var statistics = HTTPStatistics()
    /// Connections that wait for a request, or that discard input after their final reply.
    let requests: DescriptorSet
    /// Connections that write a reply. This is a separate event source, so that many small requests do not delay a
    /// large page.
    let replies: DescriptorSet
    private var connections: [UInt64: Connection] = [:]
    private var lastID: UInt64 = 0
    private let maximumConnections: Int
    /// All connections share it, because only one of them reads at a time.
    private var readBuffer: [UInt8]

    init(
        loop: EventLoop, limits: Limits, handler: @escaping (Request, Responder) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        readBuffer = Array(repeating: 0, count: max(limits.readBytes, limits.drainReadBytes))
        maximumConnections = min(limits.connections, try Self.availableDescriptors(sparing: limits.sparedDescriptors))
        requests = try loop.descriptorSet()
        replies = try loop.descriptorSet()
        requests.handler = { [unowned self] in takeTurn(of: requests) }
        replies.handler = { [unowned self] in takeTurn(of: replies) }
    }

    /// Number of descriptors that connections may use: `RLIMIT_NOFILE` without the spared ones, but at least half of
    /// it.
    private static func availableDescriptors(sparing spared: Int) throws(SystemError) -> Int {
        var limit = rlimit()
        try SystemError.check("getrlimit") { unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        let all = Int(clamping: limit.rlim_cur)
        return max(1, all - spared, all / 2)
    }

    /// Serves a connected socket. At the limit of connections, closes an existing connection first.
    func add(_ descriptor: consuming Descriptor) {
        while connections.count >= maximumConnections, makeRoom(because: .connections) {}
        lastID += 1
        do throws(SystemError) {
            connections[lastID] = try Connection(id: lastID, descriptor: descriptor, pool: self)
            statistics.openConnections = connections.count
        } catch {
            count(.resources)
        }
    }

    func remove(_ id: UInt64) {
        connections[id] = nil
        statistics.openConnections = connections.count
    }

    func stop() {
        for connection in Array(connections.values) { connection.close() }
    }

    func abortReplies(before number: UInt64) {
        for (connection, _) in writers(before: number) where connection.hasStoppedReading {
            connection.abort(.writeTimeout)
        }
        var bytes = 0
        // Replies with the same number share most of their memory. The newest ones are kept within the limit.
        for (_, writers) in Dictionary(grouping: writers(before: number), by: \.body.number).sorted(by: {
            $0.key > $1.key
        }) {
            bytes += writers.map(\.body.bytes).max() ?? 0
            guard bytes > limits.oldBodyBytes else { continue }
            for (connection, _) in writers { connection.abort(.writeTimeout) }
        }
    }

    /// The connections that write a body with a lower number.
    private func writers(before number: UInt64) -> [(connection: Connection, body: NumberedBody)] {
        connections.values.compactMap { connection in
            guard let body = connection.body, body.number < number else { return nil }
            return (connection, body)
        }
    }

    /// Lets some ready connections of a set continue, within the limits for one turn of the loop.
    private func takeTurn(of set: DescriptorSet) {
        var budget = limits.bytesPerTurn
        for _ in 0..<limits.connectionsPerTurn where budget > 0 {
            guard let id = try? set.next() else { return }
            connections[id]?.becameReady(budget: &budget)
        }
    }

    /// Closes the connection with the oldest activity, even if it has sent part of a request or has not read its reply.
    ///
    /// There are two exceptions: that connection waits for the server, or it is only pausing and more than half of all
    /// connections are between requests. Then the connection between requests with the newest activity is closed,
    /// because the others have waited longer. If no connection is between requests, the one with the oldest activity is
    /// closed after all.
    ///
    /// - Returns: false if there is no connection.
    func makeRoom(because refusal: Refusal) -> Bool {
        let connection = connectionToClose
        connection?.abort(refusal)
        return connection != nil
    }

    private var connectionToClose: Connection? {
        let all = connections.values
        let oldest = all.min { $0.lastActivity < $1.lastActivity }
        guard let oldest else { return nil }
        let waits = oldest.waitsForServer
        guard waits || oldest.isPausing else { return oldest }
        let served = all.filter(\.isBetweenRequests)
        if !waits, served.count <= all.count / 2 { return oldest }
        return served.max { $0.lastActivity < $1.lastActivity } ?? oldest
    }

    /// Reads at most `count` bytes.
    ///
    /// - Returns: the bytes; empty at the end of the stream, nil if there is nothing to read now.
    func read(from socket: borrowing Descriptor, atMost count: Int) throws(SystemError) -> ArraySlice<UInt8>? {
        try socket.receive(into: &readBuffer, atMost: count).map { readBuffer[..<$0] }
    }

    func count(_ status: StatusCode) {
        statistics.requests[status.rawValue, default: 0] &+= 1
    }

    func count(_ refusal: Refusal) {
        statistics.refused[refusal, default: 0] &+= 1
    }
}
