import Glibc
package import System

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on an event loop, for replies that are in memory.
///
/// It never blocks, and no client can keep it from the others or take more than `Limits` says. Dropping it stops it.
package final class HTTPServer {
    private let pool: ConnectionPool
    private var listeners: [Listener]
    private let retryTimer: TimerSource
    private var hasAcceptedSinceFailure = true

    /// Starts listening. A repeated address is opened once. Errors name the address (`bind 127.0.0.1:10058`); nothing is
    /// left open then.
    ///
    /// - Parameter handler: called with each request, never again before the `Responder` of the request before on the
    ///   same connection is answered or dropped. Messages that break the rules never come here.
    package init(
        loop: EventLoop, listeners addresses: [ListenAddress], limits: Limits = Limits(),
        handler: @escaping (Request, Responder) -> Void
    ) throws(SystemError) {
        pool = try ConnectionPool(loop: loop, limits: limits, handler: handler)
        listeners = try Listener.open(addresses, backlog: limits.backlog)
        retryTimer = try loop.timer()
        retryTimer.handler = { [unowned self] in setAccepting(true) }
        for listener in listeners {
            try listener.start(on: loop, acceptsPerTurn: limits.acceptsPerTurn) { [unowned self] client in
                serve(client)
            } failure: { [unowned self] in
                acceptFailed()
            }
        }
    }

    deinit {
        stop()
    }

    /// Counters and the number of open connections, as of now.
    package var statistics: HTTPStatistics {
        pool.statistics
    }

    /// Where it listens, in the order given: `[::]:10058`, `127.0.0.1:10058`, `unix:/path`; with the port that the
    /// kernel chose.
    package var boundAddresses: [String] {
        listeners.map(\.address)
    }

    /// Permission bits of the socket files that the server made, by address.
    package var socketFileModes: [String: UInt32] {
        Dictionary(
            listeners.compactMap { listener in listener.fileMode.map { (listener.address, $0) } }, uniquingKeysWith: min
        )
    }

    /// Closes the listeners and removes their socket files, then closes all connections, in the middle of a reply too.
    package func stop() {
        retryTimer.disarm()
        listeners = []
        pool.stop()
    }

    private func serve(_ client: consuming Descriptor) {
        hasAcceptedSinceFailure = true
        var yes: Int32 = 1
        // A reply must not wait for the acknowledgement of the one before. Unix sockets have no such option.
        setsockopt(client.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var size = pool.limits.sendBufferBytes
        setsockopt(client.rawValue, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        pool.add(client)
    }

    /// The system is out of descriptors or memory: makes room for one client, and another, as long as that helps. To try
    /// again at once where it does not would be to spin; the clients wait in the kernel's queue meanwhile.
    private func acceptFailed() {
        let hasRoom = pool.makeRoom(because: .resources)
        if !hasRoom { pool.count(.resources) }
        if !hasRoom || !hasAcceptedSinceFailure {
            setAccepting(false)
            retryTimer.arm(after: pool.limits.acceptPause)
        }
        hasAcceptedSinceFailure = false
    }

    private func setAccepting(_ accepts: Bool) {
        for listener in listeners { listener.isPaused = !accepts }
    }
}
