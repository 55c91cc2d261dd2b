import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import Reports
import StorPool

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List every object with type, volume name, VM, storage, cluster, size and anomalies.",
        usage: "\(Build.name) list [FLAGS]",
        discussion: """
            Volumes come first, then snapshots, each in StorPool's order. An object that does not belong to Proxmox VE, \
            or belongs to a cluster that --pve.cluster does not name, is foreign: it has no type and no volume name, and \
            the table shows its StorPool name. Anomalies accepted by --anomalies.ignore are not shown.

            Filters are combined with AND, the values of one filter with OR. Exit codes: 0 listed, 1 a value of \
            --cluster, --storage or --vmid, or their combination, matches nothing, 2 could not read the cluster, 64 \
            wrong flag or value.

            Example: \(Build.name) list --storage sp-nvme --anomalies
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, csv }

    @Option(help: "Output format: a table, one JSON object per line, or CSV with a header.")
    var format = Format.text

    @Option(help: "Only objects of this cluster (tag pve-loc). Repeatable.", transform: ArgumentValue.text)
    var cluster: [String] = []

    @Option(help: "Only objects of this storage (tag pve). Repeatable.", transform: ArgumentValue.text)
    var storage: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only objects of these VMs (tag pve-vm), such as 104,105. Repeatable.", valueName: "vmid"),
        transform: ArgumentValue.vmids)
    var vmid: [[String]] = []

    @Option(
        help: ArgumentHelp(
            "Only objects of this type: \(ObjectType.allCases.map(\.text).joined(separator: ", ")). Repeatable.",
            valueName: "type"),
        transform: ArgumentValue.objectType)
    var type: [ObjectType] = []

    @Flag(help: "Only objects with anomalies.")
    var anomalies = false

    @OptionGroup var poll: PollFlags
    @OptionGroup var log: LogFlags

    func run() throws {
        let filter = filter
        var matches = FilterMatches(filter)
        let reading = try ClusterReading.read(poll.options, log.log) { object in
            matches.note(object.tags)
            return filter.admits(object.tags)
        }
        for cluster in reading.clustersWithoutObjects {
            log.log.write(.warn, PollOptions.warning(clusterWithoutObjects: cluster))
        }
        let listing = Listing(reading: reading, filter: filter, scope: Scope(clusters: poll.clusters))
        try StandardOutput.write { (output) throws(OutputError) in
            switch format {
            case .text: try listing.writeText(to: output)
            case .json:
                try listing.forEach { (row) throws(OutputError) in try output.write(JSONRows.line(row)) }
            case .csv:
                try output.write(CSVRows.header)
                try listing.forEach { (row) throws(OutputError) in try output.write(CSVRows.line(row)) }
            }
        }
        let problems = matches.problems(isEmpty: reading.objects.count == 0)
        for problem in problems { StandardError.write(problem) }
        if !problems.isEmpty { throw Exit.failure }
    }

    private var filter: RowFilter {
        var filter = RowFilter()
        filter.clusters = cluster
        filter.storages = storage
        filter.vmids = vmid.flatMap(\.self)
        filter.types = Set(type)
        filter.onlyAnomalous = anomalies
        return filter
    }
}

/// The rows that pass a filter. They are created one at a time, to save memory.
private struct Listing {
    private let objects: ObjectArchive
    private let index: AnomalyIndex
    private let filter: RowFilter
    private let scope: Scope

    init(reading: ClusterReading, filter: RowFilter, scope: Scope) {
        objects = reading.objects
        index = AnomalyIndex(reading.findings)
        self.filter = filter
        self.scope = scope
    }

    func forEach<Failure: Error>(_ body: (Row) throws(Failure) -> Void) throws(Failure) {
        try objects.forEach { (object) throws(Failure) in
            let row = Row(object, isOfInterest: scope.includes(object.tags), anomalies: index[object])
            if filter.admits(row) { try body(row) }
        }
    }

    func writeText(to output: StandardOutput) throws(OutputError) {
        var table = TextRows()
        forEach { table.measure($0) }
        try output.write(table.header)
        try forEach { (row) throws(OutputError) in try output.write(table.line(row)) }
    }
}
