/// Why a poll failed. The raw value is the label `cause`.
package enum FailureCause: String, Sendable, CaseIterable {
    /// The API answered with an error.
    case api
    /// The configuration is unusable.
    case config
    case connect
    /// Not HTTP, an incomplete reply, or a status other than 200.
    case http
    /// The reply is not valid or not that of the call.
    case parse
    /// This process lacks memory, descriptors or another resource.
    case resources
    case timeout
    case tooLarge = "too-large"
}
