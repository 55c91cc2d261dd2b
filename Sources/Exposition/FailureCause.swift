/// Why a poll failed. The raw value is the value of the label `cause`.
package enum FailureCause: String, Sendable, CaseIterable {
    /// The API answered with an error.
    case api
    /// The configuration is unusable.
    case config
    case connect
    /// The reply is not HTTP, is incomplete, or has a status other than 200 and no API error.
    case http
    /// The reply is not valid JSON, or not in the documented form of the call.
    case parse
    /// This process lacks memory, descriptors or another resource.
    case resources
    case timeout
    case tooLarge = "too-large"
}
