public import HTTPMessages

/// Everything that a client can take from the server, bounded.
public struct Limits: Sendable {
    /// Open connections; one more closes the one idle longest.
    public var connections = 512
    /// From the moment that a request could come to its first byte.
    public var firstByteTime = Duration.seconds(30)
    /// From the first byte of a request to its last.
    public var requestTime = Duration.seconds(10)
    /// From the first byte of a reply to its last, whatever the progress: a client that reads a byte now and then is as
    /// slow as one that reads none.
    public var replyTime = Duration.seconds(30)
    /// How long and how much is read and thrown away after the last reply of a connection, so that a client still
    /// sending gets to read that reply (RFC 9112 section 9.6).
    public var drainTime = Duration.seconds(5)
    /// See `drainTime`.
    public var drainBytes = 8 * 1024 * 1024
    /// Bytes read from a connection at a time.
    public var readBytes = 16 * 1024
    /// Bytes written to a connection before others have their turn.
    public var bytesPerTurn = 1024 * 1024
    /// Requests of a connection answered before others have their turn.
    public var requestsPerTurn = 8
    /// Connections of a listener accepted before others have their turn.
    public var acceptsPerTurn = 16
    /// How long nothing is accepted after the system had no descriptor or memory for it.
    public var acceptPause = Duration.milliseconds(200)
    /// Connections that the kernel keeps for a listener until they are accepted.
    public var backlog: Int32 = 128
    /// What one request may be made of.
    public var message = MessageLimits()

    /// The limits that are used.
    public init() {}
}
