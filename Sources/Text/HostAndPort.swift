/// Strict checks of host names, IP addresses and ports in URLs and listen addresses.
package enum HostAndPort {
    /// RFC 1035 section 2.3.4.
    private static let maximumNameBytes = 253

    /// Parses a port from 1 to 65535. With `allowingZero`, 0 is also valid: the kernel then chooses a port. Returns nil
    /// if the port is invalid.
    package static func port(_ text: some StringProtocol, allowingZero: Bool = false) -> UInt16? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit), let port = UInt16(text) else {
            return nil
        }
        return port > 0 || allowingZero ? port : nil
    }

    /// Whether the text is a host name (RFC 1123 section 2.1) or an IPv4 address. "_" is also allowed in labels, and a
    /// dot after the final label.
    package static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...maximumNameBytes).contains(text.utf8.count) else { return false }
        var labels = Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels.last?.isEmpty == true {
            labels.removeLast()
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    /// Whether the text is an IPv6 address (RFC 4291 section 2.2) without brackets and zone.
    package static func isIPv6(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return false }
        let pair = bytes.indices.dropLast().first {
            bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":")
        }
        guard let pair else {
            return groups(bytes[...], allowingIPv4: true) == 8
        }
        guard let left = groups(bytes[..<pair], allowingIPv4: false),
            let right = groups(bytes[(pair + 2)...], allowingIPv4: true)
        else { return false }
        return left + right <= 7
    }

    /// The number of 16-bit groups between colons. An IPv4 address at the end counts as two groups. Nil if a group is
    /// malformed.
    private static func groups(_ bytes: ArraySlice<UInt8>, allowingIPv4: Bool) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        var parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        if allowingIPv4, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard isIPv4(last) else { return nil }
            parts.removeLast()
            count = 2
        }
        guard parts.allSatisfy({ part in (1...4).contains(part.count) && part.allSatisfy { $0.hexValue != nil } })
        else { return nil }
        return count + parts.count
    }

    private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(\.isDigit)
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
                    && UInt8(String(decoding: part, as: UTF8.self)) != nil
            }
    }
}
