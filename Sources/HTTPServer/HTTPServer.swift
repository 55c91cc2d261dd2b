import Glibc
package import System

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on an event loop. It keeps replies in memory. Dropping the server stops it.
///
/// Only `init` may block, while it resolves host names. `Limits` limits the resources that clients can use.
package final class HTTPServer {
    private let pool: ConnectionPool
    private var listeners: [Listener]
    private let retryTimer: TimerSource
    private var hasAcceptedSinceFailure = true

    /// Starts listening. An address that is given twice is opened once, unless its port is 0. If an address cannot be
    /// used, the error names it (`bind 127.0.0.1:10058`).
    ///
    /// - Parameter handler: called with each valid request. The connection handles its next request only after the
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

    /// The listening sockets, such as `[::]:10058` or `unix:/path`, in the given order. Instead of port 0, they have
    /// the port that the kernel chose.
    package var boundAddresses: [String] {
        listeners.map(\.address)
    }

    /// Permission bits of the socket files that the server created, by address.
    package var socketFileModes: [String: UInt32] {
        let modes = listeners.compactMap { listener in listener.fileMode.map { (listener.address, $0) } }
        return Dictionary(modes, uniquingKeysWith: min)
    }

    /// Closes the listeners, removes the socket files that they created, and closes all connections, even during a
    /// reply.
    package func stop() {
        retryTimer.disarm()
        listeners = []
        pool.stop()
    }

    /// Closes connections that are writing an outdated body, which frees the memory of the body.
    ///
    /// A connection is closed if its client has stopped reading (`Limits.stallTime`). If the other outdated bodies need more
    /// than `Limits.oldBodyBytes`, the connections with the oldest ones are closed too.
    ///
    /// - Parameter number: the number of the current body. Connections without a body number are not closed.
    package func abortReplies(before number: UInt64) {
        pool.abortReplies(before: number)
    }

    private func accept(from listener: Listener) {
        for count in 0..<pool.limits.acceptsPerTurn {
            do throws(SystemError) {
                guard let client = try listener.descriptor.accept() else { return }
                hasAcceptedSinceFailure = true
                // Without TCP_NODELAY, a reply waits until the client has acknowledged the previous one. Unix sockets
                // do not have this option, so errors are ignored.
                try? client.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
                try? client.setOption(SOL_SOCKET, SO_SNDBUF, to: pool.limits.sendBufferBytes)
                pool.add(client)
            } catch {
                // If no descriptor is free, accept(2) fails even if no client is waiting. Therefore a failure after a
                // successful call in the same turn is ignored.
                if count == 0 { acceptFailed() }
                return
            }
        }
    }

    /// Called if the process has no free descriptor or memory. Closes one connection. If there is none, or if closing
    /// one did not help the previous time, pauses accepting. Otherwise the loop would spin while clients wait in the
    /// kernel.
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
