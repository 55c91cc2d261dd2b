/// Bounds on all resources that clients can use.
package struct Limits: Sendable {
    /// Maximum number of open connections; smaller if the process may not have so many descriptors. At the maximum, a new
    /// connection replaces the one that has been idle longest or, if all are busy, the one served most recently.
    package var connections = 512
    /// Descriptors that are reserved for the rest of the process.
    package var sparedDescriptors = 32
    /// Maximum time from when a connection can send a request until its first byte arrives.
    package var firstByteTime = Duration.seconds(30)
    /// Maximum time from the first byte of a request to its last.
    package var requestTime = Duration.seconds(10)
    /// Maximum time from the first byte of a reply to its last, even if the client reads steadily.
    package var replyTime = Duration.seconds(30)
    /// How long a client may pause after connecting, and while reading a reply, before it counts as idle (`connections`).
    package var stallTime = Duration.seconds(1)
    /// How long input is discarded after the last reply, so that a client that is still sending can read the reply
    /// (RFC 9112 section 9.6).
    package var drainTime = Duration.seconds(5)
    /// Maximum number of bytes discarded after the last reply.
    package var drainBytes = 8 * 1024 * 1024
    /// Maximum number of bytes read from a connection at a time.
    package var readBytes = 4 * 1024
    /// Maximum number of bytes discarded at a time.
    package var drainReadBytes = 64 * 1024
    /// Send buffer of each connection (`SO_SNDBUF`, which Linux doubles; by default it grows to 4 MiB).
    package var sendBufferBytes: Int32 = 64 * 1024
    /// Maximum number of connections that read a request in one turn of the loop. As many can continue a reply.
    package var connectionsPerTurn = 3
    /// Approximate maximum of the bytes written to all connections in one turn of the loop.
    package var bytesPerTurn = 256 * 1024
    /// New connections that a listener accepts in one turn of the loop; fewer than `connectionsPerTurn`, so that
    /// clients that reconnect do not delay the others.
    package var acceptsPerTurn = 1
    /// How long accepting pauses if there is no descriptor or memory and closing a connection did not help.
    package var acceptPause = Duration.milliseconds(200)
    /// Maximum number of connections that wait in the kernel to be accepted. It is larger than `connections`: beyond it, a
    /// client tries again only after a second. Inherited sockets keep their own backlog (`Backlog=`, systemd.socket(5)).
    package var backlog: Int32 = 1024
    /// Maximum size in bytes of all old bodies that clients still read (`HTTPServer.abortReplies(before:)`).
    package var oldBodyBytes = 256 * 1024 * 1024
    package var message = MessageLimits()

    package init() {}
}
