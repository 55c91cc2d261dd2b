import JSONStream
import ProxmoxVE

/// Rows as JSON (RFC 8259).
package enum JSONRows {
    /// One row as an object on a line of its own, with the line's end.
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
                case .truth(let truth): writer.member(field.rawValue, truth)
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
