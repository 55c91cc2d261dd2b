import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import Reports
import StorPool

/// `list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Every object with its type, volume name, VM, storage, cluster, size and anomalies.",
        usage: "\(Build.name) list [FLAGS]",
        discussion: """
            Volumes first, then snapshots, each in the order in which StorPool lists them. An object that is not of \
            Proxmox VE, or of a cluster other than those of --pve.cluster, is foreign: it has no type and no volume \
            name, and the table shows its StorPool name. Reasons given to --anomalies.ignore are not shown.

            A row passes the filters if it has one of the values of each that is given. Nothing is printed before the \
            cluster has been read. Exit: 0, 1 a value of --cluster, --storage or --vmid matches nothing, or they match \
            nothing together, 2 could not read the cluster, 64 wrong flag or value.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, csv }

    @Option(help: "A table for people, one JSON object a line, or CSV with a header.")
    var format = Format.text

    @Option(help: "Only objects with this tag pve-loc; repeatable.", transform: ArgumentValue.text)
    var cluster: [String] = []

    @Option(help: "Only objects with this tag pve; repeatable.", transform: ArgumentValue.text)
    var storage: [String] = []

    @Option(
        help: ArgumentHelp("Only objects with these tags pve-vm, such as 104,105; repeatable.", valueName: "vmid"),
        transform: ArgumentValue.vmids)
    var vmid: [[String]] = []

    @Option(
        help: ArgumentHelp(
            "Only objects of this type: \(ObjectType.allCases.map(\.text).joined(separator: ", ")); repeatable.",
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
        let picture = try Look.take(poll.options, log.log) { object in
            matches.note(object.tags)
            return filter.admits(object.tags)
        }
        for cluster in picture.clustersWithoutObjects {
            log.log.write(.warn, PollOptions.warning(ofClusterWithoutObjects: cluster))
        }
        let listing = Listing(picture: picture, filter: filter, scope: Scope(clusters: poll.clusters))
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
        let problems = matches.problems(isEmpty: picture.objects.count == 0)
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

/// The rows of a look that pass a filter, made one at a time.
private struct Listing {
    private let objects: ObjectArchive
    private let index: AnomalyIndex
    private let filter: RowFilter
    private let scope: Scope

    init(picture: ClusterPicture, filter: RowFilter, scope: Scope) {
        objects = picture.objects
        index = AnomalyIndex(picture.findings)
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
