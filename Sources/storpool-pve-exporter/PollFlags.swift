import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import StorPool

/// The flags of everything that polls.
struct PollFlags: ParsableArguments {
    @Option(
        name: .customLong("storpool.config"),
        help: ArgumentHelp(
            "StorPool's configuration file. (default: /etc/storpool.conf)", valueName: "file"),
        transform: ArgumentValue.name)
    var configuration = "/etc/storpool.conf"

    @Option(
        name: .customLong("storpool.config-dir"),
        help: ArgumentHelp(
            "Folder whose *.conf files are read after it. (default: /etc/storpool.conf.d)", valueName: "folder"),
        transform: ArgumentValue.name)
    var configurationDirectory = "/etc/storpool.conf.d"

    @Option(
        name: .customLong("storpool.url"),
        help: ArgumentHelp(
            "The StorPool API, such as http://127.0.0.1:81. (default: as configured)", valueName: "url"),
        transform: ArgumentValue.text)
    var url: String?

    @Option(
        name: .customLong("storpool.token-file"),
        help: ArgumentHelp("File with the API's token and nothing else. (default: as configured)", valueName: "file"),
        transform: ArgumentValue.name)
    var tokenFile: String?

    @Option(
        name: .customLong("storpool.timeout"),
        help: ArgumentHelp(
            "Longest time for one call, connect to last byte. (default: 30s)", valueName: "duration"),
        transform: { try ArgumentValue.duration($0, least: .milliseconds(1)) })
    var timeout = Duration.seconds(30)

    @Option(
        name: .customLong("storpool.max-response-bytes"),
        help: ArgumentHelp("Largest reply that is read to its end. (default: 4GiB)", valueName: "size"),
        transform: ArgumentValue.bytes)
    var maximumResponseBytes: UInt64 = 4 << 30

    @Option(
        name: .customLong("pve.cluster"),
        help: ArgumentHelp(
            "Proxmox VE cluster (tag pve-loc) to look at, objects of others count as foreign; repeatable. (default: all)",
            valueName: "cluster"),
        transform: ArgumentValue.name)
    var clusters: [String] = []

    @Option(
        name: .customLong("anomalies.ignore"),
        help: ArgumentHelp(
            """
            Anomalies to accept, of all objects or of one: counted, but without series, events and effect on exit codes; \
            repeatable. (default: none)
            """,
            valueName: "reason[:global-id]"),
        transform: ArgumentValue.acceptedAnomaly)
    var ignored: [AcceptedAnomaly] = []

    func validate() throws {
        // Not while it is parsed: a message then repeats the value, and somebody may have put a token into it.
        guard let url else { return }
        do { _ = try APIURL(url) } catch { throw ValidationError("--storpool.url: \(error)") }
    }

    var options: PollOptions {
        var options = PollOptions()
        options.configuration = configuration
        options.configurationDirectory = configurationDirectory
        options.url = url
        options.tokenFile = tokenFile
        options.timeout = timeout
        options.maximumResponseBytes = maximumResponseBytes
        options.clusters = clusters.enumerated().filter { number, cluster in
            !clusters[..<number].contains { $0.utf8.elementsEqual(cluster.utf8) }
        }.map(\.element)
        for anomaly in ignored {
            if let globalID = anomaly.globalID {
                options.accepted.insert(anomaly.reason, of: globalID)
            } else {
                options.accepted.insert(anomaly.reason)
            }
        }
        return options
    }
}

/// The flags of every command.
struct LogFlags: ParsableArguments {
    @Option(
        name: .customLong("log.level"),
        help: ArgumentHelp(
            "What is said on standard error: debug, info, warn or error. (default: info)", valueName: "level"),
        transform: { text in
            guard let level = Log.Level.allCases.first(where: { $0.text == text }) else {
                throw ValidationError("it is none of debug, info, warn, error")
            }
            return level
        })
    var level = Log.Level.info

    var log: Log { Log(level: level) }
}
