/// Bounds on everything that a client can take from the server.
package struct Limits: Sendable {
    /// Open connections, or fewer if the process may not have so many descriptors. A further one replaces the connection
    /// idle longest; if all are busy, the one served last.
    package var connections = 512
    /// Descriptors that connections leave to the rest of the process.
    package var sparedDescriptors = 32
    /// From the moment that a request could arrive to its first byte.
    package var firstByteTime = Duration.seconds(30)
    /// From the first byte of a request to its last.
    package var requestTime = Duration.seconds(10)
    /// From the first byte of a reply to its last, however steadily the client reads.
    package var replyTime = Duration.seconds(30)
    /// How long a client may pause after connecting, and while reading a reply, before it counts as idle (`connections`).
    package var stallTime = Duration.seconds(1)
    /// How long input is discarded after the last reply, so that a client still sending can read it (RFC 9112 section 9.6).
    package var drainTime = Duration.seconds(5)
    /// Bytes discarded after the last reply.
    package var drainBytes = 8 * 1024 * 1024
    /// Bytes read from a connection at a time.
    package var readBytes = 4 * 1024
    /// Bytes discarded at a time.
    package var drainReadBytes = 64 * 1024
    /// Send buffer of each connection (`SO_SNDBUF`, which Linux doubles; by default it grows to 4 MiB).
    package var sendBufferBytes: Int32 = 64 * 1024
    /// Connections that read a request in one turn of the loop, and connections that continue a reply.
    package var connectionsPerTurn = 3
    /// Bytes written to all connections together in one turn of the loop, approximately.
    package var bytesPerTurn = 256 * 1024
    /// New connections of a listener in one turn of the loop; fewer than `connectionsPerTurn`, so that clients that
    /// reconnect cannot starve the others.
    package var acceptsPerTurn = 1
    /// How long nothing is accepted if the system has no descriptor or memory and closing a connection did not help.
    package var acceptPause = Duration.milliseconds(200)
    /// Connections that wait in the kernel; more than `connections`, because a client whose connection does not fit
    /// retries only after a second. Inherited sockets keep their own (`Backlog=`, systemd.socket(5)).
    package var backlog: Int32 = 1024
    package var message = MessageLimits()

    package init() {}
}
