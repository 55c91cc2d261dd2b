package import Exposition
import Inventory
import StorPool
import System
import Text

/// Why a poll failed.
package struct PollFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes that are shown of a text that the API or a library made.
    private static let maximumBytes = 300

    /// What the metrics say.
    package var cause: FailureCause
    /// A sentence for people, with the call and the byte where that is known. Never holds the token.
    package var text: String
    /// Whether the same request may soon succeed: the connection was refused, or the API says that its error is transient.
    package var isWorthRetrying = false

    /// Names a failure.
    package init(_ cause: FailureCause, _ text: String) {
        self.cause = cause
        self.text = text
    }

    /// The same without the token, as a bounded line of printable characters. The token goes first: a cut within it would
    /// leave a part of it.
    func hiding(_ token: Token) -> PollFailure {
        var failure = self
        failure.text = token.hidden(in: text).printable(limit: Self.maximumBytes)
        return failure
    }

    /// The sentence.
    package var description: String { text }
}

extension PollFailure {
    /// The poll holds more text than it may.
    static func tooMuchText(_ bound: Int, in step: String) -> PollFailure {
        PollFailure(
            .tooLarge,
            "\(step): names and tags take more than \(bound) bytes of memory, the most that one poll may hold;"
                + " look for objects with unusually long names or tags")
    }

    /// The page is larger than it may be.
    static func tooLargePage(_ maximumBytes: Int) -> PollFailure {
        PollFailure(
            .tooLarge,
            "the metrics page is larger than \(maximumBytes) bytes, the most that is rendered; use --no-metrics.per-vm,"
                + " or look for objects with unusually long tags")
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
