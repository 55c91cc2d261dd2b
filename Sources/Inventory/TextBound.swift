/// Limits the text that one poll holds, so that memory does not follow the length of the names and tags of a reply.
public struct TextBound: Sendable {
    /// 256 MiB, far more than the names and tags of a million objects take.
    public static let standard = TextBound(bytes: 256 << 20)

    /// The most bytes that a poll may hold.
    public let bytes: Int

    /// A bound of so many bytes.
    public init(bytes: Int) {
        self.bytes = bytes
    }
}

/// Holds text within a bound.
public protocol TextHolder {
    /// Bytes of the texts that it holds.
    var textBytes: Int { get }
    /// The most that it may hold.
    var textBound: TextBound { get }
}

extension TextHolder {
    /// Whether it holds more than it may.
    public var exceedsTextBound: Bool { textBytes > textBound.bytes }
}
