package import Inventory

/// What the administrator asked of everything that polls.
package struct PollOptions: Sendable {
    /// `--storpool.config`.
    package var configuration = "/etc/storpool.conf"
    /// `--storpool.config-dir`.
    package var configurationDirectory = "/etc/storpool.conf.d"
    /// `--storpool.url`.
    package var url: String?
    /// `--storpool.token-file`.
    package var tokenFile: String?
    /// `--storpool.timeout`: of one call, connect to last byte.
    package var timeout = Duration.seconds(30)
    /// `--storpool.max-response-bytes`.
    package var maximumResponseBytes: UInt64 = 4 << 30
    /// `--pve.cluster`; empty: all.
    package var clusters: [String] = []

    /// The message for a cluster that `--pve.cluster` names and no object has.
    package static func warning(ofClusterWithoutObjects cluster: String) -> String {
        "no object has pve-loc \"\(cluster)\", which --pve.cluster asks for"
    }

    /// `--anomalies.ignore`.
    package var accepted = AcceptedAnomalies()

    /// The defaults.
    package init() {}
}

/// What the administrator asked of the daemon.
package struct ServeOptions: Sendable {
    /// Of every poll.
    package var poll = PollOptions()
    /// `--web.listen-address`, checked.
    package var listenAddresses: [String] = [":10058"]
    /// `--web.telemetry-path`.
    package var telemetryPath = "/metrics"
    /// `--poll.interval`: at least a second.
    package var interval = Duration.seconds(60)
    /// `--poll.stale-after`; nil: see ``effectiveStaleAfter``.
    package var staleAfter: Duration?
    /// `--space.interval`; zero: never.
    package var spaceInterval = Duration.seconds(15 * 60)
    /// `--space.timeout`: of one call.
    package var spaceTimeout = Duration.seconds(5 * 60)
    /// `--templates.interval`; zero: never.
    package var templatesInterval = Duration.seconds(5 * 60)
    /// `--metrics.per-vm`.
    package var isPerVM = true
    /// `--metrics.anomaly-series`.
    package var anomalySeries = 500
    /// `--events.max-per-poll`.
    package var maximumEvents = 100
    /// `--log.level`.
    package var logLevel = Log.Level.info

    /// The defaults.
    package init() {}

    /// By default three intervals, or one interval and one time-out if that is longer.
    var effectiveStaleAfter: Duration { staleAfter ?? max(interval * 3, interval + poll.timeout) }
    var scope: Scope { Scope(clusters: poll.clusters, isPerVM: isPerVM) }
}
