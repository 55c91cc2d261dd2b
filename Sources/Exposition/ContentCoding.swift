import Text

/// How the content of a reply may be packed.
package enum ContentCoding: Sendable {
    /// As it is.
    case identity
    /// RFC 1952.
    case gzip

    /// The one to use under `Accept-Encoding` (RFC 9110 section 12.5.3): gzip where it is allowed and nothing says that
    /// the plain page is liked better.
    ///
    /// Where both are ruled out the page is sent plain all the same.
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
