/// Why a poll failed, as the metrics tell it: the raw values are the label `cause`.
package enum FailureCause: String, Sendable, CaseIterable {
    /// The API answered with an error.
    case api
    /// The configuration does not say where the API is and what authorizes requests.
    case config
    /// No connection.
    case connect
    /// Not HTTP, broken off, or a status that says no more.
    case http
    /// The reply is not what the call promises.
    case parse
    /// This process lacks memory, descriptors or another resource.
    case resources
    /// Not done in time.
    case timeout
    /// The reply is larger than the bound.
    case tooLarge = "too-large"
}
