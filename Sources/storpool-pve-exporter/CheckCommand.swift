import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import Reports
import StorPool

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the cluster once, and print anomalies and totals.",
        usage: "\(Build.name) check [FLAGS]",
        discussion: """
            Exit codes: 0 no anomaly at or above --fail-on, 1 at least one, 2 could not read the cluster, 64 wrong flag or \
            value. 2 also means that a cluster named by --pve.cluster has no object, or that a list has elements and \
            none could be read. If only some elements could not be read, they count as a warning (JSON: 'malformed').

            Anomalies accepted by --anomalies.ignore stay in the counts by severity (JSON: 'anomalies') and are listed \
            as accepted after the totals. They are not findings and do not change the exit code. The totals count all \
            objects that StorPool lists, including foreign ones and snapshots being deleted.

            Example: \(Build.name) check --fail-on error
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: "Output format: a table or one JSON object.")
    var format = Format.text

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "Minimum severity for exit code 1: error, warning or notice. (default: warning)",
            valueName: "severity"),
        transform: { text in
            guard let severity = AnomalySeverity.allCases.first(where: { $0.text == text }) else {
                throw ValidationError("it is none of error, warning, notice")
            }
            return severity
        })
    var failOn = AnomalySeverity.warning

    @OptionGroup var poll: PollFlags
    @OptionGroup var log: LogFlags

    func run() throws {
        // The text format needs only the findings.
        let keepsObjects = format == .json
        var clusters = KnownValues()
        let reading = try ClusterReading.read(poll.options, log.log) { object in
            if object.tags.virt == "pve" { clusters.insert(object.tags.cluster) }
            return keepsObjects
        }
        guard reading.clustersWithoutObjects.isEmpty else {
            for cluster in reading.clustersWithoutObjects {
                let warning = PollOptions.warning(clusterWithoutObjects: cluster)
                StandardError.write("\(warning); \(clusters.text)")
            }
            throw Exit.unreadable
        }
        let report = CheckReport(
            totals: CheckReport.Totals(reading.inventory, malformed: reading.malformed), findings: reading.findings,
            counts: reading.counts, accepted: reading.acceptedCounts)
        try StandardOutput.write { (output) throws(OutputError) in
            switch format {
            case .text: try report.writeText { (text) throws(OutputError) in try output.write(text) }
            case .json: try output.write(report.json(rows: rows(of: reading)))
            }
        }
        if let worst = report.worst, worst >= failOn { throw Exit.failure }
    }

    /// Objects with findings, the worst first.
    private func rows(of reading: ClusterReading) -> [Row] {
        let index = AnomalyIndex(reading.findings)
        let scope = Scope(clusters: poll.clusters)
        var rows: [Row] = []
        reading.objects.forEach { object in
            let anomalies = index[object]
            guard !anomalies.isEmpty else { return }
            rows.append(Row(object, isOfInterest: scope.includes(object.tags), anomalies: anomalies))
        }
        return index.worstFirst(rows)
    }
}
