/// Counters of the server since it was made.
package struct HTTPStatistics: Equatable, Sendable {
    /// Connections that are open now.
    package var openConnections = 0
    /// Replies begun by status code, including replies to malformed requests.
    package var requests: [UInt16: UInt64] = [:]
    /// Connections that were ended early; contains every reason from the start.
    package var refused: [Refusal: UInt64] = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, 0) })
}

/// Why a connection was ended early, as the metric's label says it.
package enum Refusal: String, CaseIterable, Sendable {
    /// Closed to make room for another connection.
    case connections
    /// Not accepted, or closed to make room, because the process was out of descriptors or memory.
    case resources
    /// No request arrived in time. A connection that fell silent after a reply is not counted.
    case idleTimeout = "idle-timeout"
    /// A request was not complete in time; answered with 408.
    case headTimeout = "head-timeout"
    /// The reply was not read in time.
    case writeTimeout = "write-timeout"
    /// The client went away before its reply was sent.
    case reset
}
