import Text

/// The character classes of RFC 9110 sections 5.5 and 5.6 and of RFC 3986.
enum Grammar {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    /// `tchar`: a byte that methods and field names may contain.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    /// `field-vchar`, space or tab.
    static func isFieldValueByte(_ byte: UInt8) -> Bool {
        byte.isBlank || (byte > space && byte != 0x7f)
    }

    /// `unreserved` of RFC 3986 section 2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "-._~".utf8.contains(byte)
    }

    /// `unreserved` or `sub-delims` of RFC 3986.
    static func isNameByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "!$&'()*+,;=".utf8.contains(byte)
    }

    /// `pchar` of RFC 3986 section 3.3 without percent-encoding, or a slash.
    static func isPathByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || "/:@".utf8.contains(byte)
    }

    /// Whether every byte is allowed or part of a complete percent-encoding.
    static func isEncoded(_ bytes: some Collection<UInt8>, _ isAllowed: (UInt8) -> Bool) -> Bool {
        var hexDigitsToCome = 0
        for byte in bytes {
            if hexDigitsToCome > 0 {
                guard byte.hexValue != nil else { return false }
                hexDigitsToCome -= 1
            } else if byte == UInt8(ascii: "%") {
                hexDigitsToCome = 2
            } else if !isAllowed(byte) {
                return false
            }
        }
        return hexDigitsToCome == 0
    }

    /// Whether the text is `uri-host [":" port]` (RFC 9110 section 7.2). The host may be empty, as in a URI without a
    /// host. If `needsPort` is true, host and port are required.
    static func isHost(_ text: some BidirectionalCollection<UInt8>, needsPort: Bool = false) -> Bool {
        let end: Int
        let bytes = Array(text)
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
                bytes[1..<bracket].allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: ":") })
            else { return false }
            end = bracket + 1
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            guard isEncoded(bytes[..<end], isNameByte) else { return false }
        }
        let port = bytes[end...]
        if port.isEmpty { return !needsPort }
        guard port.first == UInt8(ascii: ":"), port.dropFirst().allSatisfy(\.isDigit) else { return false }
        return !needsPort || (port.count > 1 && end > 0)
    }
}
