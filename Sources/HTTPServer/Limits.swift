/// Limits on the resources that clients can use.
package struct Limits: Sendable {
    /// Maximum number of open connections. It is lower if the process may not open enough descriptors. At the maximum,
    /// a new connection replaces an existing one (`ConnectionPool.makeRoom`).
    package var connections = 512
    /// Descriptors that are reserved for the rest of the process.
    package var sparedDescriptors = 32
    /// How long the server waits for the first byte of a request.
    package var firstByteTime = Duration.seconds(30)
    /// Maximum time from the first byte of a request to its last.
    package var requestTime = Duration.seconds(10)
    /// Maximum time from the first byte of a reply to its last, even if the client reads steadily.
    package var replyTime = Duration.seconds(30)
    /// How long a client may pause after connecting, or while reading a reply. After that, the server may close its
    /// connection to make room (`connections`) or because its body is outdated (`HTTPServer.abortReplies`).
    package var stallTime = Duration.seconds(1)
    /// How long input is discarded after the final reply, so that a client that is still sending can read the reply
    /// (RFC 9112 section 9.6).
    package var drainTime = Duration.seconds(5)
    /// Maximum number of bytes discarded after the final reply.
    package var drainBytes = 8 * 1024 * 1024
    /// Maximum number of bytes read from a connection at a time.
    package var readBytes = 4 * 1024
    /// Maximum number of bytes discarded at a time.
    package var drainReadBytes = 64 * 1024
    /// Send buffer of each connection (`SO_SNDBUF`). Linux doubles this value. By default, the buffer grows to 4 MiB.
    package var sendBufferBytes: Int32 = 64 * 1024
    /// Maximum number of connections that read a request in one turn of the loop. Also the maximum number of
    /// connections that continue a reply in one turn.
    package var connectionsPerTurn = 3
    /// Maximum number of bytes written to all connections in one turn of the loop.
    package var bytesPerTurn = 256 * 1024
    /// Maximum number of connections that a listener accepts in one turn of the loop. It is smaller than
    /// `connectionsPerTurn`, so that new connections do not delay the existing ones.
    package var acceptsPerTurn = 1
    /// How long the server accepts no connections if it has no free descriptor or memory, and closing a connection did
    /// not help.
    package var acceptPause = Duration.milliseconds(200)
    /// Maximum number of connections that wait in the kernel to be accepted. It is larger than `connections`, because a
    /// client that finds the queue full tries again only after a second. Inherited sockets keep their own backlog
    /// (`Backlog=`, systemd.socket(5)).
    package var backlog: Int32 = 1024
    /// Maximum size in bytes of all outdated bodies together. `HTTPServer.abortReplies` closes the connections with the
    /// oldest ones if they are larger.
    package var oldBodyBytes = 256 * 1024 * 1024
    package var message = MessageLimits()

    package init() {}
}
