import ArgumentParser
import Exporter
import StorPool

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Poll, serve metrics and log events until SIGTERM or SIGINT.",
        usage: "\(Build.name) [serve] [FLAGS]",
        discussion: """
            On SIGHUP, the exporter reloads the configuration and polls. Without a usable configuration it still serves \
            metrics, with storpool_pve_up 0. Sockets passed by systemd replace --web.listen-address.

            Durations use Prometheus syntax: 90s, 5m, 1h30m. Exit codes: 0 ended by a signal, 1 cannot run, 64 wrong \
            flag or value.

            Example: \(Build.name) serve --poll.interval 30s
            """)

    private static let defaults = ServeOptions.defaults

    @Option(
        name: .customLong("web.listen-address"),
        help: flagHelp(
            "Address to listen on: :port, addr:port, [addr]:port or unix:/path. Repeatable.", "address",
            default: defaults.listenAddresses.joined(separator: " ")),
        transform: ArgumentValue.listenAddress)
    var listenAddresses: [String] = []

    @Option(
        name: .customLong("web.telemetry-path"),
        help: flagHelp("Path of the metrics page.", "path", default: defaults.telemetryPath),
        transform: ArgumentValue.telemetryPath)
    var telemetryPath = defaults.telemetryPath

    @Option(
        name: .customLong("poll.interval"),
        help: flagHelp(
            "Interval between polls of volumes and snapshots, at least 1s.", "duration",
            default: "\(defaults.interval.components.seconds)s"),
        transform: { try ArgumentValue.duration($0, minimum: .seconds(1)) })
    var interval = defaults.interval

    @Option(
        name: .customLong("poll.stale-after"),
        help: flagHelp(
            "Age at which data is stale and is no longer shown.", "duration",
            default: "3 intervals, or interval plus timeout if longer"),
        transform: { try ArgumentValue.duration($0, minimum: .seconds(1)) })
    var staleAfter: Duration?

    @Option(
        name: .customLong("space.interval"),
        help: flagHelp(
            "Interval between polls of the used space; 0 disables these polls.", "duration",
            default: PrometheusDuration.text(defaults.spaceInterval)),
        transform: ArgumentValue.durationOrNever)
    var spaceInterval = defaults.spaceInterval

    @Option(
        name: .customLong("space.timeout"),
        help: flagHelp(
            "Maximum duration of one call of VolumesSpace or SnapshotsSpace.", "duration",
            default: PrometheusDuration.text(defaults.spaceTimeout)),
        transform: { try ArgumentValue.duration($0, minimum: .milliseconds(1)) })
    var spaceTimeout = defaults.spaceTimeout

    @Option(
        name: .customLong("templates.interval"),
        help: flagHelp(
            "Interval between polls of the templates; 0 disables these polls.", "duration",
            default: PrometheusDuration.text(defaults.templatesInterval)),
        transform: ArgumentValue.durationOrNever)
    var templatesInterval = defaults.templatesInterval

    @Flag(
        name: .customLong("metrics.per-vm"), inversion: .prefixedNo,
        help: "Export one series per VM.")
    var isPerVM = defaults.isPerVM

    @Option(
        name: .customLong("metrics.anomaly-series"), parsing: .unconditional,
        help: flagHelp(
            "Maximum number of anomalies with their own series, worst first.", "count",
            default: "\(defaults.anomalySeries)"),
        transform: ArgumentValue.count)
    var anomalySeries = defaults.anomalySeries

    @Option(
        name: .customLong("events.max-per-poll"), parsing: .unconditional,
        help: flagHelp(
            "Maximum number of anomaly events logged per poll.", "count", default: "\(defaults.maximumEvents)"),
        transform: ArgumentValue.count)
    var maximumEvents = defaults.maximumEvents

    @OptionGroup var poll: PollFlags
    @OptionGroup var log: LogFlags

    func run() throws {
        let code: Int32
        do { code = try Daemon(options).run() } catch {
            StandardError.write("\(error)")
            throw Exit.failure
        }
        throw ExitCode(code)
    }

    private var options: ServeOptions {
        var options = ServeOptions()
        options.poll = poll.options
        if !listenAddresses.isEmpty { options.listenAddresses = listenAddresses }
        options.telemetryPath = telemetryPath
        options.interval = interval
        options.staleAfter = staleAfter
        options.spaceInterval = spaceInterval
        options.spaceTimeout = spaceTimeout
        options.templatesInterval = templatesInterval
        options.isPerVM = isPerVM
        options.anomalySeries = anomalySeries
        options.maximumEvents = maximumEvents
        options.logLevel = log.level
        return options
    }
}
