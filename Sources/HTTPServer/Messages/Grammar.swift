import Text

/// The character classes of RFC 9110 section 5.6 and RFC 3986.
enum Grammar {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    /// `tchar`: what methods, field names and parameter names are made of.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    /// `field-vchar`, space or tab: what may stand in a field value.
    static func isFieldValueByte(_ byte: UInt8) -> Bool {
        byte == tab || (byte >= space && byte != 0x7f)
    }

    /// `unreserved` of RFC 3986 section 2.3: percent-encoding one of these changes nothing.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "-._~".utf8.contains(byte)
    }

    /// `unreserved` or `sub-delims` of RFC 3986.
    static func isNameByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "!$&'()*+,;=".utf8.contains(byte)
    }

    /// `pchar` of RFC 3986 section 3.3, except for percent-encoding.
    static func isPathByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
    }

    /// True where every byte is allowed by itself or part of a whole percent-encoding.
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
}
