import HTTPClient
import Inventory
import Settings
import StorPoolObjects

/// Why a poll failed.
public struct PollFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The causes that the metrics tell apart; the raw values are the labels.
    public enum Cause: String, Sendable, CaseIterable {
        /// No connection.
        case connect
        /// Not done in time.
        case timeout
        /// Not HTTP, broken off, or a status that says no more.
        case http
        /// The API answered with an error, or the configuration to ask it is not there.
        case api
        /// The reply is not what the call promises.
        case parse
        /// The reply is larger than the bound.
        case tooLarge = "too-large"
    }

    /// What the metrics say.
    public var cause: Cause
    /// A sentence for people, with the call and the byte where that is known. Never holds the token.
    public var text: String

    /// Names a failure.
    public init(_ cause: Cause, _ text: String) {
        self.cause = cause
        self.text = text
    }

    /// The same without the token.
    func hiding(_ token: Token) -> PollFailure {
        PollFailure(cause, token.hidden(in: text))
    }

    /// The sentence.
    public var description: String { text }
}

extension PollFailure {
    /// The poll holds more text than it may.
    static func tooMuchText(_ bound: TextBound, in step: String) -> PollFailure {
        PollFailure(
            .tooLarge,
            "\(step): names and tags take more than \(bound.bytes) bytes of memory, the most that one poll may hold;"
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
        case .refused: self.init(.api, "\(call): \(error)")
        case .malformed, .unexpected: self.init(.parse, "\(call): \(error)")
        }
    }

    init(_ error: TransferError, of call: String) {
        switch error {
        case .connect(let text): self.init(.connect, "\(call): \(text)")
        case .timeout(let text): self.init(.timeout, "\(call): \(text)")
        case .http(let text): self.init(.http, "\(call): \(text)")
        case .tooLarge(let limit): self.init(.tooLarge, "\(call): the reply is larger than \(limit) bytes")
        case .stopped: self.init(.parse, "\(call): the reply was not read to its end")
        case .internalFailure(let text): self.init(.connect, "\(call): \(text)")
        }
    }
}
