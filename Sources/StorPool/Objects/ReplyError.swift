package import JSONStream

/// Why a reply of the StorPool API could not be read whole.
package enum ReplyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The body is not JSON within the reader's bounds.
    case malformed(JSONError)
    /// It is JSON, but not a reply of this call; says what is wrong and at which byte.
    case unexpected(String, offset: UInt64)
    /// The API answered with an error, at whatever HTTP status.
    case refused(APIError, offset: UInt64)

    /// One sentence with the byte offset.
    package var description: String {
        switch self {
        case .malformed(let error): "the reply is not valid JSON: \(error)"
        case .unexpected(let what, let offset): "\(what) at byte \(offset)"
        case .refused(let error, let offset): "\(error) (at byte \(offset))"
        }
    }
}

/// The `error` of a reply: the fields its clients read, nil where they are missing or not of the expected type.
package struct APIError: Equatable, Sendable, CustomStringConvertible {
    /// A code such as `objectDoesNotExist`.
    package var name: String?
    /// A text for people.
    package var descr: String?
    /// Whether the API says that trying again may help.
    package var isTransient = false

    /// An error of which nothing is known yet.
    package init() {}

    /// Such as `StorPool API error busy: The service is starting (transient)`.
    package var description: String {
        let text = descr.map { ": " + $0 } ?? ""
        return "StorPool API error \(name ?? "without a name")\(text)\(isTransient ? " (transient)" : "")"
    }
}
