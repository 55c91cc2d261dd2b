/// Counters of the server since it was created.
package struct HTTPStatistics: Equatable, Sendable {
    /// Connections that are open now.
    package var openConnections = 0
    /// Replies by status code, including replies to malformed requests.
    package var requests: [UInt16: UInt64] = [:]
    /// Connections that were ended early; contains every reason from the start.
    package var refused: [Refusal: UInt64] = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, 0) })
}

/// Why a connection was ended early; the raw value is the metric's label.
package enum Refusal: String, CaseIterable, Sendable {
    /// Closed to make room for another connection.
    case connections
    /// Not accepted, or closed to make room, because the process had no free descriptor or memory.
    case resources
    /// No request arrived in time. A connection that has already had a reply is not counted.
    case idleTimeout = "idle-timeout"
    /// A request was not complete in time; answered with 408.
    case headTimeout = "head-timeout"
    /// The reply was not read in time, or its body was outdated (`abortReplies`).
    case writeTimeout = "write-timeout"
    /// The client closed the connection before its reply was sent.
    case reset
}
