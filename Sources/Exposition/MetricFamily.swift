/// The declaration of a metric.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case gauge, counter
    }

    /// Ends in `_total` if the family is a counter.
    package let name: String
    package let kind: Kind
    /// One line, not escaped.
    package let help: String
    /// Label names, in the order in which a sample line has them.
    package let labels: [String]

    init(_ name: String, _ kind: Kind = .gauge, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// The name of the family in OpenMetrics, where the family of a counter has no `_total`.
    var openMetricsName: String {
        kind == .counter && name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
    }

    var unit: String? {
        ["bytes", "seconds"].first { openMetricsName.hasSuffix("_" + $0) }
    }

    /// The metadata lines, which precede the samples.
    func metadata(_ format: ExpositionFormat) -> [UInt8] {
        var writer = SampleWriter()
        switch format {
        case .text:
            writer.append("# HELP \(name) ")
            writer.append(escaping: help, quotes: false)
            writer.append("\n# TYPE \(name) \(kind.rawValue)\n")
        case .openMetrics:
            writer.append("# TYPE \(openMetricsName) \(kind.rawValue)\n")
            if let unit { writer.append("# UNIT \(openMetricsName) \(unit)\n") }
            writer.append("# HELP \(openMetricsName) ")
            writer.append(escaping: help)
            writer.append("\n")
        }
        return writer.bytes
    }
}
