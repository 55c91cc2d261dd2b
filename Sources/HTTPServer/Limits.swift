/// Everything that a client can take from the server, bounded.
package struct Limits: Sendable {
    /// Maximum number of open connections, or fewer if the process may not have so many descriptors. A further one replaces
    /// the connection idle longest; if all are busy, the one served last.
    package var connections = 512
    /// Descriptors that connections leave to the rest of the process, which must not wait for clients to go.
    package var sparedDescriptors = 32
    /// From the moment that a request could come to its first byte.
    package var firstByteTime = Duration.seconds(30)
    /// From the first byte of a request to its last.
    package var requestTime = Duration.seconds(10)
    /// From the first byte of a reply to its last, whatever the progress: a client that reads a byte now and then is as
    /// slow as one that reads none.
    package var replyTime = Duration.seconds(30)
    /// How long a client may pause after it connects, and while it reads a reply, before it counts as idle: see
    /// `connections`.
    package var stallTime = Duration.seconds(1)
    /// How long and how much is read and thrown away after the last reply of a connection, so that a client still
    /// sending gets to read that reply (RFC 9112 section 9.6).
    package var drainTime = Duration.seconds(5)
    /// See `drainTime`.
    package var drainBytes = 8 * 1024 * 1024
    /// Bytes read from a connection at a time. Most requests are smaller.
    package var readBytes = 4 * 1024
    /// Bytes read at a time to be thrown away, see `drainTime`.
    package var drainReadBytes = 64 * 1024
    /// Bytes that the kernel is asked to buffer for each connection (`SO_SNDBUF`, which Linux doubles). Without it Linux
    /// buffers up to 4 MiB for a client that does not read.
    package var sendBufferBytes: Int32 = 64 * 1024
    /// Connections that read or begin a request in one turn of the loop, and connections that go on with a reply.
    package var connectionsPerTurn = 3
    /// Bytes written to all connections together in one turn of the loop; about.
    package var bytesPerTurn = 256 * 1024
    /// New connections of a listener per turn of the loop. Lower than `connectionsPerTurn`, so that reconnecting clients
    /// cannot starve the others.
    package var acceptsPerTurn = 1
    /// How long nothing is accepted where the system has no descriptor or memory for it, though a connection was closed.
    package var acceptPause = Duration.milliseconds(200)
    /// Connections that the kernel keeps for a listener until they are accepted, or fewer by its own `somaxconn`; an
    /// inherited socket keeps what it came with (`Backlog=`, systemd.socket(5)). More than can be open: over TCP one that
    /// finds no room is lost without a word, and its client tries again after a second.
    package var backlog: Int32 = 1024
    /// What one request may be made of.
    package var message = MessageLimits()

    /// The limits that are used.
    package init() {}
}
