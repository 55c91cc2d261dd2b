import Glibc
import System

/// The open connections and what they share.
final class ConnectionPool {
    let loop: EventLoop
    let limits: Limits
    let handler: (Request, Responder) -> Void
    var statistics = HTTPStatistics()
    /// Connections that wait for a request. Together they are one source of the loop.
    let requests: DescriptorSet
    /// Connections that write a reply. A separate source, so that many small requests do not delay a large page.
    let replies: DescriptorSet
    private var connections: [UInt64: Connection] = [:]
    private var lastID: UInt64 = 0
    private let bound: Int
    /// Where all connections read to, one at a time; each keeps only what it cannot use at once.
    private var readBuffer: [UInt8]

    init(
        loop: EventLoop, limits: Limits, handler: @escaping (Request, Responder) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        readBuffer = Array(repeating: 0, count: max(limits.readBytes, limits.drainReadBytes))
        bound = min(limits.connections, try Self.descriptors(sparing: limits.sparedDescriptors))
        requests = try loop.descriptorSet()
        replies = try loop.descriptorSet()
        requests.handler = { [unowned self] in takeTurn(of: requests) }
        replies.handler = { [unowned self] in takeTurn(of: replies) }
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

    /// Lets a few ready connections of a set go on, within the bounds of a turn for all of them together.
    private func takeTurn(of set: DescriptorSet) {
        var budget = limits.bytesPerTurn
        for _ in 0..<limits.connectionsPerTurn where budget > 0 {
            guard let id = try? set.next() else { return }
            connections[id]?.becameReady(budget: &budget)
        }
    }

    /// Closes the connection idle longest, also one with half a request or a reply that is not read.
    ///
    /// If even that one is busy, because most clients repeat requests without a pause, closes the one served last: the
    /// others have waited longer.
    ///
    /// - Returns: false if there is none.
    func makeRoom(because refusal: Refusal) -> Bool {
        let victim = connectionToClose
        victim?.abort(refusal)
        return victim != nil
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

    func stop() {
        for connection in Array(connections.values) { connection.close() }
    }

    /// Reads once.
    ///
    /// - Returns: how much was read, 0 at the end of what the client sends, nil where nothing is there now.
    func read(
        from descriptor: Int32, atMost size: Int, _ body: (ArraySlice<UInt8>) -> Void = { _ in }
    ) throws(SystemError) -> Int? {
        do throws(SystemError) {
            let count = try SystemError.check("recv") {
                readBuffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, min(size, $0.count), 0) }
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
