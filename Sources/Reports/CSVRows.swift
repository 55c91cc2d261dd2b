import ProxmoxVE
import Text

/// Rows as CSV (RFC 4180), texts printable. A missing value is an empty field, an empty text is `""`; anomalies are their reasons with
/// blanks between.
package enum CSVRows {
    private static let lineEnd = "\r\n"

    /// The first line, with its end.
    package static var header: String { RowField.allCases.map(\.rawValue).joined(separator: ",") + lineEnd }

    /// One row, with its end.
    package static func line(_ row: Row) -> String {
        RowField.allCases.map { cell(row.value($0)) }.joined(separator: ",") + lineEnd
    }

    private static func cell(_ value: FieldValue) -> String {
        switch value {
        case .text(let text): text.map { quoted($0.printable()) } ?? ""
        case .number(let number): number.map(String.init) ?? ""
        case .truth(let truth): truth ? "true" : "false"
        case .anomalies(let anomalies): anomalies.map(\.reason.text).joined(separator: " ")
        }
    }

    /// In quotes where the text needs them, a quote doubled.
    private static func quoted(_ text: String) -> String {
        guard text.isEmpty || text.utf8.contains(where: needsQuotes) else { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") }
}
