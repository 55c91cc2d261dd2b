package import Exposition
import Inventory
import StorPool
import System
import Text

/// Why a poll failed.
package struct PollFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Maximum length of `text`, which may contain a message of the API or of a library.
    private static let maximumBytes = 300

    package var cause: FailureCause
    /// What failed and why. If the content of a reply is the cause, the byte offset is included. ``hiding(_:)`` removes
    /// the token.
    package var text: String
    /// Whether a retry may succeed: the connection was refused, or the API marks its error as transient.
    package var isWorthRetrying = false

    package init(_ cause: FailureCause, _ text: String) {
        self.cause = cause
        self.text = text
    }

    /// Returns the failure without the token, as one printable line of limited length. The token is removed before the
    /// text is cut, because a cut within the token would leave a part of it.
    func hiding(_ token: Token) -> PollFailure {
        var failure = self
        failure.text = token.hidden(in: text).printable(limit: Self.maximumBytes)
        return failure
    }

    package var description: String { text }
}

extension PollFailure {
    init(_ error: TooMuchText, in step: String) {
        self.init(
            .tooLarge,
            "\(step): names, tags and ids need more memory than the limit of \(error.bound) bytes;"
                + " there are too many objects, or some names or tags are unusually long")
    }

    init(_ error: PageTooLarge) {
        self.init(
            .tooLarge,
            "the metrics page is larger than the limit of \(error.maximumBytes) bytes; use --no-metrics.per-vm, or look"
                + " for objects with unusually long tags")
    }

    init(_ error: ReplyError, of call: String) {
        switch error {
        case .refused(let refusal, _):
            self.init(.api, "\(call): \(error)")
            isWorthRetrying = refusal.isTransient
        case .malformed, .unexpected: self.init(.parse, "\(call): \(error)")
        }
    }

    init(_ error: TransferError, of call: String) {
        switch error {
        case .connect(let text): self.init(.connect, "\(call): \(text)")
        case .connectionRefused(let text):
            self.init(.connect, "\(call): \(text)")
            isWorthRetrying = true
        case .timeout(let text): self.init(.timeout, "\(call): \(text)")
        case .notHTTP(let text), .http(let text): self.init(.http, "\(call): \(text)")
        case .tooLarge(let limit): self.init(.tooLarge, "\(call): the reply is larger than \(limit) bytes")
        case .stopped: self.init(.parse, "\(call): the reply was not read to its end")
        case .internalFailure(let text): self.init(.resources, "\(call): \(text)")
        }
    }
}
