import Glibc
package import System

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on an event loop, for replies that are in memory. Dropping it stops it.
///
/// It never blocks. `Limits` bounds the resources that clients can use.
package final class HTTPServer {
    private let pool: ConnectionPool
    private var listeners: [Listener]
    private let retryTimer: TimerSource
    private var hasAcceptedSinceFailure = true

    /// Starts listening. A repeated address is opened once. Errors name the address (`bind 127.0.0.1:10058`).
    ///
    /// - Parameter handler: called with each valid request. The next request of the connection is handled only after the
    ///   `Responder` has responded or has been dropped.
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

    /// In the order given, such as `[::]:10058` or `unix:/path`. Port 0 is replaced by the port that the kernel chose.
    package var boundAddresses: [String] {
        listeners.map(\.address)
    }

    /// Permission bits of the socket files that the server created, by address.
    package var socketFileModes: [String: UInt32] {
        let modes = listeners.compactMap { listener in listener.fileMode.map { (listener.address, $0) } }
        return Dictionary(modes, uniquingKeysWith: min)
    }

    /// Closes the listeners, removes their socket files, and closes all connections, even during a reply.
    package func stop() {
        retryTimer.disarm()
        listeners = []
        pool.stop()
    }

    /// Frees old bodies, which stay in memory as long as a connection writes one.
    ///
    /// Closes connections whose body has a lower number if the client has stopped reading (`Limits.stallTime`). If the
    /// other old bodies are larger than `Limits.oldBodyBytes`, closes the connections with the oldest ones too.
    package func abortReplies(before number: UInt64) {
        pool.abortReplies(before: number)
    }

    private func accept(from listener: Listener) {
        for count in 0..<pool.limits.acceptsPerTurn {
            do throws(SystemError) {
                guard let client = try listener.descriptor.accept() else { return }
                hasAcceptedSinceFailure = true
                // Without TCP_NODELAY a reply waits for the acknowledgement of the previous one. Unix sockets have no such
                // option, so an error is ignored.
                try? client.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
                try? client.setOption(SOL_SOCKET, SO_SNDBUF, to: pool.limits.sendBufferBytes)
                pool.add(client)
            } catch {
                // Without a free descriptor, accept(2) fails even if no client is waiting. Therefore a failure after a
                // successful call is ignored.
                if count == 0 { acceptFailed() }
                return
            }
        }
    }

    /// Called if the process has no free descriptor or memory. Closes one connection. If that did not help, pauses
    /// accepting, so that the loop does not spin while clients wait in the kernel.
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
