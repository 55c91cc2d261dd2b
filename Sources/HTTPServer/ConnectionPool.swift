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
    /// Where all connections read to, one at a time; each keeps only what it cannot use at once.
    private var readBuffer: [UInt8]

    init(loop: EventLoop, limits: Limits, handler: @escaping (Request, Responder) -> Void) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        readBuffer = Array(repeating: 0, count: limits.readBytes)
    }

    /// Serves a connected, non-blocking socket. Where the bound is reached, closes another first.
    func add(_ descriptor: consuming Descriptor) {
        while connections.count >= limits.connections, makeRoom(because: .connections) {}
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
        statistics.openConnections = connections.count
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
