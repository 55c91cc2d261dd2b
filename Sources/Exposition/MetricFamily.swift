/// A family of metrics, declared once: name, type, help and label names.
package struct MetricFamily: Sendable {
    /// The types in use; the words are those of both formats.
    package enum Kind: String, Sendable {
        case gauge, counter
    }

    /// Name of the samples; a counter's ends in `_total`.
    package let name: String
    /// Type.
    package let kind: Kind
    /// One line for people, without its escapes.
    package let help: String
    /// Names of the labels, in the order of the page.
    package let labels: [String]

    init(_ name: String, _ kind: Kind = .gauge, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// Name of the family in OpenMetrics: without `_total`.
    var openMetricsName: String {
        kind == .counter && name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
    }

    /// The unit that the name ends in, if any.
    var unit: String? {
        ["bytes", "seconds"].first { openMetricsName.hasSuffix("_" + $0) }
    }

    /// The lines before the samples, in the order that OpenMetrics asks for: TYPE, UNIT, HELP.
    func metadata(_ format: ExpositionFormat) -> [UInt8] {
        var text = ""
        switch format {
        case .text:
            text += "# HELP \(name) \(help.escaped(quotes: false))\n"
            text += "# TYPE \(name) \(kind.rawValue)\n"
        case .openMetrics:
            text += "# TYPE \(openMetricsName) \(kind.rawValue)\n"
            if let unit { text += "# UNIT \(openMetricsName) \(unit)\n" }
            text += "# HELP \(openMetricsName) \(help.escaped(quotes: true))\n"
        }
        return Array(text.utf8)
    }
}

extension String {
    /// Backslash and line feed escaped, and the double quote where the place asks for it.
    func escaped(quotes: Bool) -> String {
        guard utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || (quotes && $0 == 0x22) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
