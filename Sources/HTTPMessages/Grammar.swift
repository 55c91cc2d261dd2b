/// The character classes of RFC 9110 section 5.6 and RFC 3986.
enum Grammar {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// `tchar`: what methods, field names and parameter names are made of.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    /// `field-vchar`, space or tab: what may stand in a field value.
    static func isFieldValueByte(_ byte: UInt8) -> Bool {
        byte == tab || (byte >= space && byte != 0x7f)
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// `unreserved` of RFC 3986 section 2.3: percent-encoding one of these changes nothing.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~".utf8.contains(byte)
    }

    /// `unreserved` or `sub-delims` of RFC 3986.
    static func isNameByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "!$&'()*+,;=".utf8.contains(byte)
    }

    /// `pchar` of RFC 3986 section 3.3, except for percent-encoding.
    static func isPathByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// True where every byte is allowed by itself or part of a whole percent-encoding.
    static func isEncoded(_ bytes: some Collection<UInt8>, _ isAllowed: (UInt8) -> Bool) -> Bool {
        var hexDigitsToCome = 0
        for byte in bytes {
            if hexDigitsToCome > 0 {
                guard hexValue(byte) != nil else { return false }
                hexDigitsToCome -= 1
            } else if byte == UInt8(ascii: "%") {
                hexDigitsToCome = 2
            } else if !isAllowed(byte) {
                return false
            }
        }
        return hexDigitsToCome == 0
    }

    /// Without the blanks at both ends.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.utf8.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    /// The members of a comma-separated list (RFC 9110 section 5.6.1), trimmed, without the empty ones. Commas within
    /// quoted strings do not separate.
    static func members(of list: String, separator: Character = ",") -> [Substring] {
        var members: [Substring] = []
        var start = list.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in list.indices {
            let character = list[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                members.append(trimmed(list[start..<index]))
                start = list.index(after: index)
            }
        }
        members.append(trimmed(list[start...]))
        return members.filter { !$0.isEmpty }
    }
}
