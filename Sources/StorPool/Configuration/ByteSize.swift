package import Text

/// Sizes in bytes or with a binary unit.
package enum ByteSize {
    private static let units: [(name: String, shift: Int)] = [
        ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0), ("", 0),
    ]

    /// Parses a whole number with B, KiB, MiB, GiB, TiB or no unit: `4GiB`, `100`.
    ///
    /// - Returns: bytes.
    package static func parse(_ text: String) throws(InvalidValue) -> Int {
        let digits = text.utf8.prefix(while: \.isDigit)
        let name = text.utf8.dropFirst(digits.count)
        guard !digits.isEmpty, let unit = units.first(where: { $0.name.utf8.elementsEqual(name) }) else {
            throw InvalidValue(text, "is not a size: write a whole number and B, KiB, MiB, GiB or TiB, such as 4GiB")
        }
        guard let number = Int(String(digits) ?? ""),
            case let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << unit.shift), !overflow
        else { throw InvalidValue(text, "is too large") }
        return bytes
    }

    /// The size with the largest unit that gives a whole number: `4GiB`, `1500B`.
    package static func text(_ bytes: Int) -> String {
        for unit in units.dropLast() where bytes >= 1 << unit.shift && bytes % (1 << unit.shift) == 0 {
            return "\(bytes >> unit.shift)\(unit.name)"
        }
        return "\(bytes)B"
    }
}
