import Text

/// A member of a list of preferences: a name, parameters and a quality (RFC 9110 section 12.4.2).
struct WeightedItem {
    /// In lower case.
    var name: String
    /// Names in lower case, values without quotes.
    var parameters: [String: String] = [:]
    /// In thousandths; 1000 where nothing is said.
    var quality = 1000

    /// Nil where the name is missing or the quality malformed.
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
                // What follows the quality is not of the name any more.
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

    /// `0` to `1` with at most three decimals, in thousandths.
    private static func quality(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
        let decimals = digits.dropFirst(2)
        guard digits.count <= 5, digits.count < 2 || digits[1] == UInt8(ascii: "."),
            decimals.allSatisfy(\.isDigit)
        else { return nil }
        var thousandths = Int(first - UInt8(ascii: "0")) * 1000
        for (digit, place) in zip(decimals, [100, 10, 1]) { thousandths += Int(digit - UInt8(ascii: "0")) * place }
        return thousandths <= 1000 ? thousandths : nil
    }
}
