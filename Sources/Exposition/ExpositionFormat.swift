import Text

/// The formats of the metrics page.
package enum ExpositionFormat: CaseIterable, Sendable {
    /// Prometheus text format 0.0.4.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// For `Content-Type`.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The one that `Accept` likes better (RFC 9110 section 12.5.1).
    ///
    /// Of two that it likes the same, the one it names more exactly; then, and whenever it likes neither, the text
    /// format, which everything reads: nobody is refused for their `Accept`.
    package static func preferred(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let ranges = accept.quotedListMembers().compactMap(MediaRange.init)
        guard let openMetrics = best(of: ranges, for: .openMetrics), openMetrics.quality > 0 else {
            return .text
        }
        guard let text = best(of: ranges, for: .text) else { return .openMetrics }
        return (text.quality, text.specificity) < (openMetrics.quality, openMetrics.specificity)
            ? .openMetrics : .text
    }

    /// The most specific range that covers the format decides its quality; of equals, the one of the highest quality.
    private static func best(of ranges: [MediaRange], for format: ExpositionFormat) -> MediaRange? {
        ranges.filter { $0.covers(format) }.max { ($0.specificity, $0.quality) < ($1.specificity, $1.quality) }
    }

    /// What ends a page of this format.
    package var terminator: [UInt8] {
        switch self {
        case .text: []
        case .openMetrics: Array("# EOF\n".utf8)
        }
    }

    fileprivate var mediaType: (type: String, subtype: String, version: String) {
        switch self {
        case .text: ("text", "plain", "0.0.4")
        case .openMetrics: ("application", "openmetrics-text", "1.0.0")
        }
    }
}

/// One member of `Accept`.
private struct MediaRange {
    private var type: String
    private var subtype: String
    private var version: String?
    private var charset: String?
    /// In thousandths.
    private(set) var quality: Int

    /// Nil for what is no media range, or has a malformed quality: such a member is passed over.
    init?(_ member: Substring) {
        let item = WeightedItem(member)
        guard let item else { return nil }
        let parts = item.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let type = parts.first, let subtype = parts.last, type != "*" || subtype == "*" else {
            return nil
        }
        self.type = type
        self.subtype = subtype
        version = item.parameters["version"]
        charset = item.parameters["charset"]
        quality = item.quality
    }

    /// Parameters other than the two that the formats have say nothing about them: `escaping`, for one, is about names
    /// that this page does not have.
    func covers(_ format: ExpositionFormat) -> Bool {
        let (type, subtype, version) = format.mediaType
        return (self.type == "*" || self.type == type) && (self.subtype == "*" || self.subtype == subtype)
            && (self.version == nil || self.version == version)
            && (charset == nil || charset?.lowercased() == "utf-8")
    }

    var specificity: Int {
        (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) + (version == nil ? 0 : 1)
    }
}
