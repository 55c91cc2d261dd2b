import JSONStream
import ProxmoxVE
import StorPool
import Text

/// Rows as JSON (RFC 8259).
package enum JSONRows {
    /// One JSON object on one line.
    package static func line(_ row: Row) -> String {
        var writer = JSONWriter()
        write(row, to: &writer)
        return writer.text + "\n"
    }

    static func write(_ row: Row, to writer: inout JSONWriter) {
        writer.object { writer in
            for field in RowField.allCases {
                switch row.value(field) {
                case .text(let text): writer.member(field.rawValue, text)
                case .number(let number): writer.member(field.rawValue, number)
                case .boolean(let boolean): writer.member(field.rawValue, boolean)
                case .anomalies(let anomalies):
                    writer.name(field.rawValue)
                    writer.array { writer in
                        for anomaly in anomalies { write(anomaly, to: &writer) }
                    }
                }
            }
        }
    }

    private static func write(_ anomaly: Anomaly, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("reason", anomaly.reason.text)
            writer.member("severity", anomaly.reason.severity.text)
            writer.member("detail", anomaly.detail)
        }
    }
}

/// Rows as CSV (RFC 4180). Characters that are not printable are escaped. A missing value is an empty field, and an
/// empty string is `""`. The reasons of anomalies are separated by spaces.
package enum CSVRows {
    package static var header: String { RowField.allCases.map(\.rawValue).joined(separator: ",") + "\r\n" }

    package static func line(_ row: Row) -> String {
        RowField.allCases.map { cell(row.value($0)) }.joined(separator: ",") + "\r\n"
    }

    private static func cell(_ value: FieldValue) -> String {
        switch value {
        case .text(let text): text.map { quoted($0.printable()) } ?? ""
        case .number(let number): number.map(String.init) ?? ""
        case .boolean(let boolean): boolean ? "true" : "false"
        case .anomalies(let anomalies): anomalies.map(\.reason.text).joined(separator: " ")
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.isEmpty || text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") }) else {
            return text
        }
        // Compares scalars, because a quote with a combining character is one `Character`, which does not equal `"`.
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}

/// Rows as a table with aligned columns. Call `measure` for every row before `header` and `line`.
package struct TextRows {
    private var table = PlainTable([
        PlainTable.Column(title: "GLOBAL ID", maximumWidth: 20),
        PlainTable.Column(title: "TYPE", maximumWidth: 24),
        PlainTable.Column(title: "CLUSTER", maximumWidth: 24),
        PlainTable.Column(title: "STORAGE", maximumWidth: 24),
        PlainTable.Column(title: "VM", maximumWidth: 10, isRightAligned: true),
        PlainTable.Column(title: "SIZE", maximumWidth: 10, isRightAligned: true),
        PlainTable.Column(title: "NAME", maximumWidth: 128),
        PlainTable.Column(title: "ANOMALIES", maximumWidth: 64),
    ])

    package init() {}

    package mutating func measure(_ row: Row) { table.measure(Self.cells(row)) }

    package var header: String { table.header }

    package func line(_ row: Row) -> String { table.line(Self.cells(row)) }

    private static func cells(_ row: Row) -> [String] {
        [
            row.globalID, (row.type?.text ?? "foreign") + (row.isBeingDeleted ? " (being deleted)" : ""),
            row.tags.cluster ?? "", row.tags.storage ?? "", row.tags.vmid ?? "", SizeText.make(row.size),
            row.volumeName ?? row.storPoolName, row.anomalies.map(\.reason.text).joined(separator: " "),
        ]
    }
}
