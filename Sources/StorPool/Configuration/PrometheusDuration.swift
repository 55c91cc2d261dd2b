package import Text

/// Durations in Prometheus's format (`ParseDuration` of `prometheus/common/model`).
package enum PrometheusDuration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ]

    /// Prometheus's maximum, 2⁶³ - 1 ns or about 292 years, in whole milliseconds.
    private static let limit = Int64.max / 1_000_000

    /// Parses whole numbers with units (`1h30m`), or `0`. Longer units come first, and each unit occurs at most once.
    package static func parse(_ text: String) throws(InvalidValue) -> Duration {
        if text == "0" { return .zero }
        guard !text.isEmpty else { throw InvalidValue(text, "is not a duration: \(hint)") }
        var rest = Substring(text).utf8
        var total: Int64 = 0
        var units = Self.units[...]
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            let name = rest.dropFirst(digits.count).prefix { !$0.isDigit }
            rest = rest.dropFirst(digits.count + name.count)
            guard !digits.isEmpty, let index = units.firstIndex(where: { $0.name.utf8.elementsEqual(name) }) else {
                throw InvalidValue(text, "is not a duration: \(hint)")
            }
            guard let number = Int64(String(digits) ?? ""),
                case let (part, partOverflow) = number.multipliedReportingOverflow(by: units[index].milliseconds),
                case let (sum, sumOverflow) = total.addingReportingOverflow(part),
                !partOverflow, !sumOverflow, sum <= limit
            else { throw InvalidValue(text, "is longer than the maximum of about 292 years") }
            total = sum
            units = units[(index + 1)...]
        }
        return .milliseconds(total)
    }

    /// Formats a duration in whole milliseconds, such as `1h30m`, without years and weeks. A negative duration becomes
    /// `0s`.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return "0s" }
        guard seconds <= limit / 1_000 else { return text(.milliseconds(limit)) }
        var rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var result = ""
        for unit in units.dropFirst(2) where rest >= unit.milliseconds {
            result += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return result.isEmpty ? "0s" : result
    }

    private static let hint = "write whole numbers with units from y, w, d, h, m, s, ms in this order, such as 1h30m"
}
