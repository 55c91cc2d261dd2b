package import Inventory
import JSONStream
package import ProxmoxVE
import StorPool

/// The output of `check`.
package struct CheckReport: Sendable {
    package struct Totals: Equatable, Sendable {
        /// Number of PVE objects, without snapshots being deleted.
        package var proxmox: UInt64
        /// Number of storages with PVE objects.
        package var storages: Int
        /// Number of foreign objects, without snapshots being deleted.
        package var foreign: UInt64
        /// Number of snapshots being deleted, including foreign snapshots.
        package var beingDeleted: UInt64
        /// Number of list elements that could not be read; not included in `objects`.
        package var malformed: Int

        /// Number of all objects that were read. Without filters, `list` prints one row for each.
        package var objects: UInt64 { proxmox + foreign + beingDeleted }

        package init(_ inventory: Inventory, malformed: Int) {
            proxmox = inventory.series.reduce(0) { $0 + $1.tally.objects }
            storages = inventory.storages.count
            foreign = inventory.foreignVolumes.objects + inventory.foreignSnapshots.objects
            beingDeleted = inventory.going.objects
            self.malformed = malformed
        }
    }

    private let totals: Totals
    private let findings: [Finding]
    private let counts: [AnomalyReason: UInt64]
    private let accepted: [AnomalyReason: UInt64]

    /// - Parameters:
    ///   - findings: the worst first, without accepted ones.
    ///   - counts: number of objects by reason, including accepted anomalies.
    ///   - accepted: number of accepted anomalies by reason.
    package init(
        totals: Totals, findings: [Finding], counts: [AnomalyReason: UInt64], accepted: [AnomalyReason: UInt64]
    ) {
        self.totals = totals
        self.findings = findings
        self.counts = counts
        self.accepted = accepted
    }

    /// The highest severity of all findings. Elements that could not be read count as a warning.
    package var worst: AnomalySeverity? {
        let worst = findings.lazy.map(\.anomaly.reason.severity).max()
        guard totals.malformed > 0 else { return worst }
        return max(worst ?? .warning, .warning)
    }

    private func count(_ severity: AnomalySeverity) -> UInt64 {
        counts.reduce(0) { $1.key.severity == severity ? $0 + $1.value : $0 }
    }
}

// MARK: JSON

extension CheckReport {
    /// One JSON object on one line.
    ///
    /// - Parameter rows: the objects that have findings, in output order.
    package func json(rows: [Row]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("objects", totals.objects)
            writer.member("malformed", UInt64(clamping: totals.malformed))
            writer.name("anomalies")
            writer.object { writer in
                for severity in AnomalySeverity.allCases.reversed() { writer.member(severity.text, count(severity)) }
            }
            writer.name("findings")
            writer.array { writer in
                for row in rows { JSONRows.write(row, to: &writer) }
            }
        }
        return writer.text + "\n"
    }
}

// MARK: Text

extension CheckReport {
    /// Writes the table of findings line by line, then the totals.
    package func writeText<Failure: Error>(to write: (String) throws(Failure) -> Void) throws(Failure) {
        if !findings.isEmpty {
            var table = PlainTable([
                PlainTable.Column(title: "SEVERITY", maximumWidth: 8),
                PlainTable.Column(title: "REASON", maximumWidth: 20),
                PlainTable.Column(title: "OBJECT", maximumWidth: 30),
                PlainTable.Column(title: "VM", maximumWidth: 10, isRightAligned: true),
                PlainTable.Column(title: "STORAGE", maximumWidth: 24),
                PlainTable.Column(title: "CLUSTER", maximumWidth: 24),
                PlainTable.Column(title: "DETAIL", maximumWidth: 0),
            ])
            for finding in findings { table.measure(Self.cells(finding)) }
            try write(table.header)
            for finding in findings { try write(table.line(Self.cells(finding))) }
            try write("\n")
        }
        try write(summary)
    }

    private static func cells(_ finding: Finding) -> [String] {
        let subject = finding.subject
        return [
            finding.anomaly.reason.severity.text, finding.anomaly.reason.text,
            "\(subject.kind.text) \(subject.globalID)", subject.vmid, subject.storageKey.storage,
            subject.storageKey.cluster,
            finding.anomaly.detail,
        ]
    }

    /// Such as `5 findings (2 errors, 3 warnings, 0 notices) among 1000 objects: …`.
    private var summary: String {
        var text = findings.isEmpty ? "Healthy: no findings" : "\(plural(UInt64(findings.count), "finding"))"
        if totals.malformed > 0 {
            let elements = "\(plural(UInt64(totals.malformed), "element")) could not be read (a warning)"
            text = elements + (findings.isEmpty ? "; no findings" : "; " + text)
        }
        if !findings.isEmpty {
            let parts = AnomalySeverity.allCases.reversed().map { severity in
                plural(UInt64(findings.count { $0.anomaly.reason.severity == severity }), severity.text)
            }
            text += " (\(parts.joined(separator: ", ")))"
        }
        text += " among \(plural(totals.objects, "object")): \(totals.proxmox) of Proxmox VE on"
        text +=
            " \(plural(UInt64(totals.storages), "storage")), \(totals.foreign) foreign, \(totals.beingDeleted) being deleted"
        return text + acceptedText + "\n"
    }

    /// Such as `; accepted: 2 stray-tag`.
    private var acceptedText: String {
        if accepted.isEmpty { return "" }
        let sorted = accepted.sorted { $0.key.text < $1.key.text }
        return "; accepted: " + sorted.map { "\($0.value) \($0.key.text)" }.joined(separator: ", ")
    }

    private func plural(_ count: UInt64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
