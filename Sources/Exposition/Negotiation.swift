import Text

/// The formats of the metrics page.
package enum ExpositionFormat: CaseIterable, Sendable {
    /// Prometheus text format 0.0.4.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The last line of the page; empty if the format has no terminator.
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

    /// The format that `Accept` prefers (RFC 9110 section 12.5.1). If both formats have the same quality, the format
    /// with the more specific range is used, then the text format. If no format is acceptable, the text format is used
    /// and the request is not refused.
    package static func preferred(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let ranges = accept.quotedListMembers().compactMap(MediaRange.init)
        guard let openMetrics = best(of: ranges, for: .openMetrics), openMetrics.quality > 0 else { return .text }
        guard let text = best(of: ranges, for: .text) else { return .openMetrics }
        return (text.quality, text.specificity) < (openMetrics.quality, openMetrics.specificity)
            ? .openMetrics : .text
    }

    /// The most specific range that covers the format. Among equally specific ranges, the range with the highest
    /// quality.
    private static func best(of ranges: [MediaRange], for format: ExpositionFormat) -> MediaRange? {
        ranges.filter { $0.covers(format) }.max { ($0.specificity, $0.quality) < ($1.specificity, $1.quality) }
    }
}

package enum ContentCoding: Sendable {
    case identity
    /// RFC 1952.
    case gzip

    /// The coding for `Accept-Encoding` (RFC 9110 section 12.5.3). gzip is used if it is acceptable and `identity` does
    /// not have a higher quality. Otherwise the page is not compressed, even if `identity` is not acceptable.
    package static func preferred(acceptEncoding: String?) -> ContentCoding {
        guard let acceptEncoding else { return .identity }
        var qualities: [String: Int] = [:]
        for item in acceptEncoding.quotedListMembers().compactMap(WeightedItem.init) {
            // "x-gzip" is an old name of gzip (RFC 9110 section 8.4.1.3).
            let name = item.name == "x-gzip" ? "gzip" : item.name
            qualities[name] = max(item.quality, qualities[name] ?? 0)
        }
        let gzip = qualities["gzip"] ?? qualities["*"] ?? 0
        let identity = qualities["identity"] ?? 0
        return gzip > 0 && gzip >= identity ? .gzip : .identity
    }
}

/// A media range of `Accept`.
private struct MediaRange {
    private var type: String
    private var subtype: String
    private var version: String?
    private var charset: String?
    /// In thousandths.
    private(set) var quality: Int

    /// nil if the member is not a media range or its quality is malformed. The caller ignores such a member.
    init?(_ member: Substring) {
        guard let item = WeightedItem(member) else { return nil }
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

    /// Compares type, version and charset. Ignores other parameters, such as `escaping`, which affects only names with
    /// other characters than letters, digits, `_` and `:`.
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

/// A member of `Accept` or `Accept-Encoding`: a name, parameters and a quality (RFC 9110 section 12.4.2).
private struct WeightedItem {
    /// In lower case.
    var name: String
    /// Names in lower case, values without quotes.
    var parameters: [String: String] = [:]
    /// In thousandths; 1000 if not given.
    var quality = 1000

    /// nil if the name is missing or the quality is malformed.
    init?(_ member: Substring) {
        let parts = String(member).quotedListMembers(separator: ";")
        guard let name = parts.first, member.utf8.first != UInt8(ascii: ";") else { return nil }
        self.name = name.lowercased()
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let parameter = part[..<equals].lowercased()
            let value = Self.unquoted(part[part.index(after: equals)...])
            if parameter == "q" {
                guard let quality = Self.quality(value) else { return nil }
                self.quality = quality
                // Parameters after the quality do not describe the media type and are ignored.
                return
            }
            parameters[parameter] = value
        }
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count >= 2, value.first == "\"", value.last == "\"" else { return String(value) }
        var text = ""
        var isEscaped = false
        for character in value.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }

    /// Parses a quality value (RFC 9110 section 12.4.2): `0` to `1` with at most three decimals. The result is in
    /// thousandths.
    private static func quality(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
        let decimals = digits.dropFirst(2)
        guard digits.count <= 5, digits.count < 2 || digits[1] == UInt8(ascii: "."), decimals.allSatisfy(\.isDigit)
        else { return nil }
        var thousandths = Int(first - UInt8(ascii: "0")) * 1000
        for (digit, place) in zip(decimals, [100, 10, 1]) { thousandths += Int(digit - UInt8(ascii: "0")) * place }
        return thousandths <= 1000 ? thousandths : nil
    }
}
