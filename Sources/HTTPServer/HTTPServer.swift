import Glibc
package import System

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on an event loop, for replies that are in memory. Dropping it stops it.
///
/// It never blocks. `Limits` bounds what clients can take from it and from each other.
package final class HTTPServer {
    private let pool: ConnectionPool
    private var listeners: [Listener]
    private let retryTimer: TimerSource
    private var hasAcceptedSinceFailure = true

    /// Starts listening. A repeated address is opened once. Errors name the address (`bind 127.0.0.1:10058`).
    ///
    /// - Parameter handler: called with each valid request; a connection waits with its next request until the
    ///   `Responder` is answered or dropped.
    package init(
        loop: EventLoop, listeners addresses: [ListenAddress], limits: Limits = Limits(),
        handler: @escaping (Request, Responder) -> Void
    ) throws(SystemError) {
        pool = try ConnectionPool(loop: loop, limits: limits, handler: handler)
        listeners = try Listener.open(addresses, on: loop, backlog: limits.backlog)
        retryTimer = try loop.timer()
        retryTimer.handler = { [unowned self] in setAccepting(true) }
        for listener in listeners {
            listener.source.handler = { [unowned self, unowned listener] _ in accept(from: listener) }
        }
        setAccepting(true)
    }

    deinit {
        stop()
    }

    package var statistics: HTTPStatistics {
        pool.statistics
    }

    /// In the order given: `[::]:10058`, `127.0.0.1:10058`, `unix:/path`; with the port that the kernel chose.
    package var boundAddresses: [String] {
        listeners.map(\.address)
    }

    /// Permission bits of the socket files that the server made, by address.
    package var socketFileModes: [String: UInt32] {
        let modes = listeners.compactMap { listener in listener.fileMode.map { (listener.address, $0) } }
        return Dictionary(modes, uniquingKeysWith: min)
    }

    /// Closes the listeners, removes their socket files, and closes all connections, unfinished replies included.
    package func stop() {
        retryTimer.disarm()
        listeners = []
        pool.stop()
    }

    private func accept(from listener: Listener) {
        for count in 0..<pool.limits.acceptsPerTurn {
            do throws(SystemError) {
                guard let client = try listener.accept() else { return }
                hasAcceptedSinceFailure = true
                // Unix sockets have no TCP_NODELAY. Otherwise a reply waits for the acknowledgement of the previous one.
                try? client.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
                try? client.setOption(SOL_SOCKET, SO_SNDBUF, to: pool.limits.sendBufferBytes)
                pool.add(client)
            } catch {
                // Without a free descriptor accept(2) fails even if no client is waiting, so only the first failure counts.
                if count == 0 { acceptFailed() }
                return
            }
        }
    }

    /// The process is out of descriptors or memory: closes one connection. If that did not help, pauses accepting, so that
    /// the loop does not spin while clients wait in the kernel.
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
        for listener in listeners { listener.accepts = accepts }
    }
}
