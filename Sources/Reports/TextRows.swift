import ProxmoxVE
import StorPool

/// Rows as a table for people. Every row is measured before the first is printed.
package struct TextRows {
    private var table = PlainTable([
        PlainTable.Column(title: "GLOBAL ID", maximumWidth: 20),
        PlainTable.Column(title: "TYPE", maximumWidth: 20),
        PlainTable.Column(title: "CLUSTER", maximumWidth: 24),
        PlainTable.Column(title: "STORAGE", maximumWidth: 24),
        PlainTable.Column(title: "VM", maximumWidth: 10, isRightAligned: true),
        PlainTable.Column(title: "SIZE", maximumWidth: 10, isRightAligned: true),
        PlainTable.Column(title: "NAME", maximumWidth: 128),
        PlainTable.Column(title: "ANOMALIES", maximumWidth: 64),
    ])

    /// Nothing measured yet.
    package init() {}

    /// Makes room for a row.
    package mutating func measure(_ row: Row) { table.measure(Self.cells(row)) }

    /// The titles, with the line's end.
    package var header: String { table.header }

    /// One row, with the line's end.
    package func line(_ row: Row) -> String { table.line(Self.cells(row)) }

    private static func cells(_ row: Row) -> [String] {
        [
            row.globalID, (row.type?.text ?? "foreign") + (row.isGoing ? " (going)" : ""), row.tags.cluster ?? "",
            row.tags.storage ?? "", row.tags.vmid ?? "", SizeText.make(row.size), row.volumeName ?? row.storPoolName,
            row.anomalies.map(\.reason.text).joined(separator: " "),
        ]
    }
}
