import ArgumentParser
import Exporter
import Inventory
import ProxmoxVE
import StorPool

/// The flags of every command that polls.
struct PollFlags: ParsableArguments {
    @Option(
        name: .customLong("storpool.config"),
        help: flagHelp("StorPool configuration file.", "file", default: PollOptions.defaults.configuration),
        transform: ArgumentValue.name)
    var configuration = PollOptions.defaults.configuration

    @Option(
        name: .customLong("storpool.config-dir"),
        help: flagHelp(
            "Directory of *.conf files, read after --storpool.config.", "directory",
            default: PollOptions.defaults.configurationDirectory),
        transform: ArgumentValue.name)
    var configurationDirectory = PollOptions.defaults.configurationDirectory

    @Option(
        name: .customLong("storpool.url"),
        help: flagHelp(
            "URL of the StorPool API, such as http://127.0.0.1:81.", "url", default: "from the configuration"),
        transform: ArgumentValue.text)
    var url: String?

    @Option(
        name: .customLong("storpool.token-file"),
        help: flagHelp("File that contains only the API token.", "file", default: "token from the configuration"),
        transform: ArgumentValue.name)
    var tokenFile: String?

    @Option(
        name: .customLong("storpool.timeout"),
        help: flagHelp(
            "Maximum duration of one API call.", "duration",
            default: PrometheusDuration.text(PollOptions.defaults.timeout)),
        transform: { try ArgumentValue.duration($0, minimum: .milliseconds(1)) })
    var timeout = PollOptions.defaults.timeout

    @Option(
        name: .customLong("storpool.max-response-bytes"),
        help: flagHelp(
            "Maximum size of one API response.", "size",
            default: ByteSize.text(Int(PollOptions.defaults.maximumResponseBytes))),
        transform: ArgumentValue.bytes)
    var maximumResponseBytes = PollOptions.defaults.maximumResponseBytes

    @Option(
        name: .customLong("pve.cluster"),
        help: flagHelp(
            "Proxmox VE cluster (tag pve-loc) to report; objects of other clusters count as foreign. Repeatable.",
            "cluster", default: "all"),
        transform: ArgumentValue.name)
    var clusters: [String] = []

    @Option(
        name: .customLong("anomalies.ignore"),
        help: flagHelp(
            """
            Anomaly to accept, on all objects or on one object. It is still counted, but has no series, no event and no \
            effect on exit codes. Repeatable.
            """, "reason[:global-id]", default: "none"),
        transform: ArgumentValue.acceptedAnomaly)
    var ignored: [AcceptedAnomaly] = []

    /// Checks the URL here and not while parsing, because the parser's message would repeat the value, which may
    /// contain a token.
    func validate() throws {
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
        help: flagHelp(
            "Log level: debug, info, warn or error.", "level", default: ServeOptions.defaults.logLevel.text),
        transform: { text in
            guard let level = Log.Level.allCases.first(where: { $0.text == text }) else {
                throw ValidationError("it is none of debug, info, warn, error")
            }
            return level
        })
    var level = ServeOptions.defaults.logLevel

    var log: Log { Log(level: level) }
}

/// The help of a flag with its default.
func flagHelp(_ abstract: String, _ valueName: String, default value: String) -> ArgumentHelp {
    ArgumentHelp("\(abstract) (default: \(value))", valueName: valueName)
}
