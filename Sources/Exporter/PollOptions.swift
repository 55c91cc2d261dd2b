public import Inventory

/// What the administrator asked of everything that polls.
public struct PollOptions: Sendable {
    /// `--storpool.config`.
    public var configuration = "/etc/storpool.conf"
    /// `--storpool.config-dir`.
    public var configurationDirectory = "/etc/storpool.conf.d"
    /// `--storpool.url`.
    public var url: String?
    /// `--storpool.token-file`.
    public var tokenFile: String?
    /// `--storpool.timeout`: of one call, connect to last byte.
    public var timeout = Duration.seconds(30)
    /// `--storpool.max-response-bytes`.
    public var maximumResponseBytes: UInt64 = 4 << 30
    /// `--pve.cluster`; empty: all.
    public var clusters: [String] = []

    /// The message for a cluster that `--pve.cluster` names and no object has.
    package static func warning(ofClusterWithoutObjects cluster: String) -> String {
        "no object has pve-loc \"\(cluster)\", which --pve.cluster asks for"
    }

    /// `--anomalies.ignore`.
    public var accepted = AcceptedAnomalies()

    /// The defaults.
    public init() {}
}

/// What the administrator asked of the daemon.
public struct ServeOptions: Sendable {
    /// Of every poll.
    public var poll = PollOptions()
    /// `--web.listen-address`, checked.
    public var listenAddresses: [String] = [":10058"]
    /// `--web.telemetry-path`.
    public var telemetryPath = "/metrics"
    /// `--poll.interval`: at least a second.
    public var interval = Duration.seconds(60)
    /// `--poll.stale-after`; nil: see ``effectiveStaleAfter``.
    public var staleAfter: Duration?
    /// `--space.interval`; zero: never.
    public var spaceInterval = Duration.seconds(15 * 60)
    /// `--space.timeout`: of one call.
    public var spaceTimeout = Duration.seconds(5 * 60)
    /// `--templates.interval`; zero: never.
    public var templatesInterval = Duration.seconds(5 * 60)
    /// `--metrics.per-vm`.
    public var isPerVM = true
    /// `--metrics.anomaly-series`.
    public var anomalySeries = 500
    /// `--events.max-per-poll`.
    public var maximumEvents = 100
    /// `--log.level`.
    public var logLevel = Log.Level.info

    /// The defaults.
    public init() {}

    /// By default three intervals, or one interval and one time-out if that is longer.
    var effectiveStaleAfter: Duration { staleAfter ?? max(interval * 3, interval + poll.timeout) }
    var scope: Scope { Scope(clusters: poll.clusters, isPerVM: isPerVM) }
}
