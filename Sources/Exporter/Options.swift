package import Inventory

/// Options of every command that polls; the initial values are the defaults of the flags.
package struct PollOptions: Sendable {
    package static let defaults = PollOptions()

    /// `--storpool.config`
    package var configuration = "/etc/storpool.conf"
    /// `--storpool.config-dir`
    package var configurationDirectory = "/etc/storpool.conf.d"
    /// `--storpool.url`
    package var url: String?
    /// `--storpool.token-file`
    package var tokenFile: String?
    /// `--storpool.timeout`
    package var timeout = Duration.seconds(30)
    /// `--storpool.max-response-bytes`
    package var maximumResponseBytes: UInt64 = 4 << 30
    /// `--pve.cluster`; empty means all clusters
    package var clusters: [String] = []
    /// `--anomalies.ignore`
    package var accepted = AcceptedAnomalies()

    package init() {}

    /// The message for a cluster of `--pve.cluster` without objects.
    package static func warning(clusterWithoutObjects cluster: String) -> String {
        "no object has the tag pve-loc \"\(cluster)\", which --pve.cluster names"
    }
}

/// Options of `serve`; the initial values are the defaults of the flags.
package struct ServeOptions: Sendable {
    package static let defaults = ServeOptions()

    package var poll = PollOptions()
    /// `--web.listen-address`
    package var listenAddresses = [":10058"]
    /// `--web.telemetry-path`
    package var telemetryPath = "/metrics"
    /// `--poll.interval`
    package var interval = Duration.seconds(60)
    /// `--poll.stale-after`
    package var staleAfter: Duration?
    /// `--space.interval`; zero disables space polls
    package var spaceInterval = Duration.seconds(15 * 60)
    /// `--space.timeout`
    package var spaceTimeout = Duration.seconds(5 * 60)
    /// `--templates.interval`; zero disables template polls
    package var templatesInterval = Duration.seconds(5 * 60)
    /// `--metrics.per-vm`
    package var isPerVM = true
    /// `--metrics.anomaly-series`
    package var anomalySeries = 500
    /// `--events.max-per-poll`
    package var maximumEvents = 100
    /// `--log.level`
    package var logLevel = Log.Level.info

    package init() {}

    /// By default three intervals, or one interval plus one timeout if that is longer.
    var effectiveStaleAfter: Duration { staleAfter ?? max(interval * 3, interval + poll.timeout) }

    var scope: Scope { Scope(clusters: poll.clusters, isPerVM: isPerVM) }
}
