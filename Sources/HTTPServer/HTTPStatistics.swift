/// Statistics since the server was created.
package struct HTTPStatistics: Equatable, Sendable {
    /// Connections that are open now.
    package var openConnections = 0
    /// Replies by status code, including replies to malformed requests.
    package var requests: [UInt16: UInt64] = [:]
    /// Connections that were ended early, by reason. Contains every reason, even if its count is 0.
    package var refused: [Refusal: UInt64] = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, 0) })
}

/// Why a connection was ended early. The raw value is the label value in the metric.
package enum Refusal: String, CaseIterable, Sendable {
    /// Closed to make room for a new connection.
    case connections
    /// Not accepted, or closed to make room, because the process had no free descriptor or memory.
    case resources
    /// No request arrived in time. A connection that has already had a reply is not counted.
    case idleTimeout = "idle-timeout"
    /// A request was not complete in time and was answered with status 408.
    case headTimeout = "head-timeout"
    /// The client did not read the reply in time, or the body was outdated (`HTTPServer.abortReplies`).
    case writeTimeout = "write-timeout"
    /// The client closed the connection before its reply was sent completely.
    case reset
}
