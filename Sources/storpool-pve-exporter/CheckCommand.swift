import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import Reports
import StorPool

/// `check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the cluster once and print anomalies and totals.",
        usage: "\(Build.name) check [FLAGS]",
        discussion: """
            Exit: 0 nothing at or above --fail-on, 1 something, 2 could not read the cluster, 64 wrong flag or value. 2 \
            also means that a cluster named by --pve.cluster has no object, or that no element of a list could be read. \
            If only some elements could not be read, they count as a warning (JSON: 'malformed').

            Anomalies given to --anomalies.ignore stay in the counts by severity (JSON: 'anomalies') and are named as \
            accepted behind the totals; they are no findings and do not change the exit code. The objects of the \
            totals are all that StorPool lists, including foreign ones and those being deleted.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: "A table for people, or one JSON object.")
    var format = Format.text

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "Least severity that makes the exit code 1: error, warning or notice. (default: warning)",
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
        // The text format needs no objects, only findings.
        let keeps = format == .json
        var clusters = KnownValues()
        let picture = try Look.take(poll.options, log.log) { object in
            if object.tags.virt == "pve" { clusters.insert(object.tags.cluster) }
            return keeps
        }
        guard picture.clustersWithoutObjects.isEmpty else {
            for cluster in picture.clustersWithoutObjects {
                let warning = PollOptions.warning(ofClusterWithoutObjects: cluster)
                StandardError.write("\(warning); \(clusters.text)")
            }
            throw Exit.blind
        }
        let report = CheckReport(
            totals: CheckReport.Totals(picture.inventory, malformed: picture.malformed), findings: picture.findings,
            counts: picture.counts, accepted: picture.acceptedCounts)
        try StandardOutput.write { (output) throws(OutputError) in
            switch format {
            case .text: try report.writeText { (text) throws(OutputError) in try output.write(text) }
            case .json: try output.write(report.json(rows: rows(of: picture)))
            }
        }
        if let worst = report.worst, worst >= failOn { throw Exit.failure }
    }

    /// The objects that have findings, the worst first.
    private func rows(of picture: ClusterPicture) -> [Row] {
        let index = AnomalyIndex(picture.findings)
        let scope = Scope(clusters: poll.clusters)
        var rows: [Row] = []
        picture.objects.forEach { object in
            let anomalies = index[object]
            guard !anomalies.isEmpty else { return }
            rows.append(Row(object, isOfInterest: scope.includes(object.tags), anomalies: anomalies))
        }
        return index.worstFirst(rows)
    }
}
