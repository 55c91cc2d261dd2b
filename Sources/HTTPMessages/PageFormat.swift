/// The forms in which metrics are written.
public enum PageFormat: CaseIterable, Sendable {
    /// Prometheus text format 0.0.4.
    case prometheusText
    /// OpenMetrics 1.0.
    case openMetrics

    /// For `Content-Type`.
    public var contentType: String {
        switch self {
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The one that `Accept` likes better (RFC 9110 section 12.5.1).
    ///
    /// Of two that it likes the same, the one it names more exactly; then, and whenever it likes neither, the text
    /// format, which everything reads: nobody is refused for their `Accept`.
    public static func preferred(accept: String?) -> PageFormat {
        guard let accept else { return .prometheusText }
        let ranges = Grammar.members(of: accept).compactMap(MediaRange.init)
        guard let openMetrics = best(of: ranges, for: .openMetrics), openMetrics.quality > 0 else {
            return .prometheusText
        }
        guard let text = best(of: ranges, for: .prometheusText) else { return .openMetrics }
        return (text.quality, text.specificity) < (openMetrics.quality, openMetrics.specificity)
            ? .openMetrics : .prometheusText
    }

    /// The most specific range that covers the format decides its quality; of equals, the one of the highest quality.
    private static func best(of ranges: [MediaRange], for format: PageFormat) -> MediaRange? {
        ranges.filter { $0.covers(format) }.max { ($0.specificity, $0.quality) < ($1.specificity, $1.quality) }
    }

    fileprivate var mediaType: (type: String, subtype: String, version: String) {
        switch self {
        case .prometheusText: ("text", "plain", "0.0.4")
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
    func covers(_ format: PageFormat) -> Bool {
        let (type, subtype, version) = format.mediaType
        return (self.type == "*" || self.type == type) && (self.subtype == "*" || self.subtype == subtype)
            && (self.version == nil || self.version == version)
            && (charset == nil || charset?.lowercased() == "utf-8")
    }

    var specificity: Int {
        (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) + (version == nil ? 0 : 1)
    }
}
