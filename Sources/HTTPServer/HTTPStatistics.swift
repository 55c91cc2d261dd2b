/// What the server did since it was made.
package struct HTTPStatistics: Equatable, Sendable {
    /// Connections that are open now.
    package var openConnections = 0
    /// Replies begun, by status code, those to malformed requests included.
    package var requests: [UInt16: UInt64] = [:]
    /// Connections that ended before their client had what it came for; every reason is there from the start.
    package var refused: [Refusal: UInt64] = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, 0) })

    /// Nothing was done yet.
    package init() {}
}

/// Why a connection was ended, in the words of a metric's label.
package enum Refusal: String, CaseIterable, Sendable {
    /// Closed to make room at the bound of connections.
    case connections
    /// The system had no descriptor or memory; the connection was never accepted, or closed to make room.
    case resources
    /// Not a single request came in time. A connection that was of use and fell silent is closed without being counted.
    case idleTimeout = "idle-timeout"
    /// A request began, and was not complete in time; answered with 408.
    case headTimeout = "head-timeout"
    /// The reply was not read in time.
    case writeTimeout = "write-timeout"
    /// The client went away before its reply was sent.
    case reset
}
