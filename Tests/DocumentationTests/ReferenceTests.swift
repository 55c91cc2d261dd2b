import Exposition
import Foundation
import HTTPServer
import ProxmoxVE
import StorPool
import Testing

@testable import Exporter

/// Compares the generated tables of `packaging/doc/reference.md` with the declarations of the program.
///
/// The first columns of each table are generated, and the others are written by hand. RENEW=1, which `make reference`
/// sets, rewrites the generated columns and keeps the others.
struct ReferenceTests {
    static let declared: [(table: String, rows: [[String]])] = [
        (
            "metrics",
            (MetricFamily.aboutObjects + MetricFamily.aboutExporter).map { family in
                [
                    "`\(family.name)`", family.kind.rawValue,
                    family.labels.isEmpty ? "–" : family.labels.joined(separator: ", "), family.help,
                ]
            }
        ),
        (
            "labels",
            [
                ["`object_kind`", list(ObjectKind.allCases.map(\.text))],
                ["`object_type`", list(ObjectType.allCases.map(\.text))],
                ["`severity`", list(AnomalySeverity.allCases.reversed().map(\.text))],
                ["`cause`", list(FailureCause.allCases.map(\.rawValue))],
                ["`event`", list(Event.allCases.map(\.rawValue))],
                ["`reason`", list(Refusal.allCases.map(\.rawValue))],
            ]
        ),
        (
            "anomalies",
            AnomalyReason.allCases.map { reason in
                ["`\(reason.text)`", reason.severity.text, reason.comparesObjects ? "yes" : "no"]
            }
        ),
        ("events", Event.allCases.map { ["`\($0.rawValue)`", "`\($0.messageID)`"] }),
    ]

    @Test("The reference documents everything that the program declares")
    func reference() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../packaging/doc/reference.md").standardized
        var document = Document(text: try String(contentsOf: file, encoding: .utf8))
        if ProcessInfo.processInfo.environment["RENEW"] == "1" {
            for (table, rows) in Self.declared { try document.renew(table, rows) }
            try document.text.write(to: file, atomically: true, encoding: .utf8)
        }
        for (table, rows) in Self.declared {
            let written = try document.rows(of: table)
            #expect(written.map { row in Array(row.prefix(rows[0].count)) } == rows, "run: make reference")
            #expect(written.allSatisfy { !$0.contains("") }, "\(table): an empty cell")
        }
    }

    private static func list(_ values: [String]) -> String {
        values.map { "`\($0)`" }.joined(separator: ", ")
    }
}

/// A Markdown text with tables between `<!-- generated: NAME -->` and `<!-- end -->`.
private struct Document {
    private(set) var text: String

    /// The cells of each row of a table, without the two header lines.
    func rows(of table: String) throws -> [[String]] {
        try lines(of: table).dropFirst(2).map(Self.cells)
    }

    /// Replaces the rows of a table. A row keeps its handwritten cells if its first cell is unchanged.
    mutating func renew(_ table: String, _ declared: [[String]]) throws {
        let old = try lines(of: table)
        let width = Self.cells(old[0]).count
        let kept = Dictionary(uniqueKeysWithValues: old.dropFirst(2).map(Self.cells).map { ($0[0], $0) })
        let new = declared.map { row in
            let tail = kept[row[0]]?.dropFirst(row.count) ?? []
            let cells = row + tail + Array(repeating: "", count: width - row.count - tail.count)
            return "| " + cells.joined(separator: " | ") + " |"
        }
        text.replace(old.joined(separator: "\n"), with: (old.prefix(2) + new).joined(separator: "\n"))
    }

    private func lines(of table: String) throws -> [String] {
        let start = try #require(text.firstRange(of: "<!-- generated: \(table) -->\n")).upperBound
        let end = try #require(text[start...].firstRange(of: "\n<!-- end -->")).lowerBound
        return text[start..<end].split(separator: "\n").map(String.init)
    }

    private static func cells(_ line: String) -> [String] {
        line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
