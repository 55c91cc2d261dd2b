import ArgumentParser
import Exporter

/// `serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Poll, serve metrics, log events, until SIGTERM or SIGINT.",
        usage: "\(Build.name) [serve] [FLAGS]",
        discussion: """
            SIGHUP reads the configuration again and polls now. Without a usable configuration it serves all the same, \
            with storpool_pve_up 0. Sockets handed over by systemd take the place of --web.listen-address.

            Durations are written as Prometheus does: 90s, 5m, 1h30m. Exit: 0 ended by a signal, 1 cannot run, 64 wrong \
            flag or value.
            """)

    @Option(
        name: .customLong("web.listen-address"),
        help: ArgumentHelp(
            "Where to listen: :port, addr:port, [addr]:port or unix:/path; repeatable. (default: :10058)",
            valueName: "address"),
        transform: ArgumentValue.listenAddress)
    var listenAddresses: [String] = []

    @Option(
        name: .customLong("web.telemetry-path"),
        help: ArgumentHelp("Path of the page for Prometheus. (default: /metrics)", valueName: "path"),
        transform: ArgumentValue.telemetryPath)
    var telemetryPath = "/metrics"

    @Option(
        name: .customLong("poll.interval"),
        help: ArgumentHelp("Time from one poll to the next, at least 1s. (default: 60s)", valueName: "duration"),
        transform: { try ArgumentValue.duration($0, least: .seconds(1)) })
    var interval = Duration.seconds(60)

    @Option(
        name: .customLong("poll.stale-after"),
        help: ArgumentHelp(
            "Age at which data is stale. (default: 3 intervals, or interval plus timeout if longer)",
            valueName: "duration"),
        transform: { try ArgumentValue.duration($0, least: .seconds(1)) })
    var staleAfter: Duration?

    @Option(
        name: .customLong("space.interval"),
        help: ArgumentHelp("Time between polls of the space used; 0: never. (default: 15m)", valueName: "duration"),
        transform: ArgumentValue.durationOrNever)
    var spaceInterval = Duration.seconds(15 * 60)

    @Option(
        name: .customLong("space.timeout"),
        help: ArgumentHelp(
            "Longest time for one call of VolumesSpace or SnapshotsSpace. (default: 5m)", valueName: "duration"),
        transform: { try ArgumentValue.duration($0, least: .milliseconds(1)) })
    var spaceTimeout = Duration.seconds(5 * 60)

    @Option(
        name: .customLong("templates.interval"),
        help: ArgumentHelp("Time between polls of the templates; 0: never. (default: 5m)", valueName: "duration"),
        transform: ArgumentValue.durationOrNever)
    var templatesInterval = Duration.seconds(5 * 60)

    @Flag(
        name: .customLong("metrics.per-vm"), inversion: .prefixedNo,
        help: "Series of their own for each VM, or one for all VMs of a storage.")
    var isPerVM = true

    @Option(
        name: .customLong("metrics.anomaly-series"), parsing: .unconditional,
        help: ArgumentHelp("Most series of single anomalies, worst first. (default: 500)", valueName: "count"),
        transform: ArgumentValue.count)
    var anomalySeries = 500

    @Option(
        name: .customLong("events.max-per-poll"), parsing: .unconditional,
        help: ArgumentHelp("Most events of anomalies that one poll logs. (default: 100)", valueName: "count"),
        transform: ArgumentValue.count)
    var maximumEvents = 100

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
