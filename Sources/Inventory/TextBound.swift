/// Limits the text that one poll holds, so that memory does not follow the length of the names and tags of a reply.
package struct TextBound: Sendable {
    /// 256 MiB, far more than the names and tags of a million objects take.
    package static let standard = TextBound(bytes: 256 << 20)

    /// The most bytes that a poll may hold.
    package let bytes: Int

    /// A bound of so many bytes.
    package init(bytes: Int) {
        self.bytes = bytes
    }
}

/// Holds text within a bound.
package protocol TextHolder {
    /// Bytes of the texts that it holds.
    var textBytes: Int { get }
    /// The most that it may hold.
    var textBound: TextBound { get }
}

extension TextHolder {
    /// Whether it holds more than it may.
    package var exceedsTextBound: Bool { textBytes > textBound.bytes }
}
