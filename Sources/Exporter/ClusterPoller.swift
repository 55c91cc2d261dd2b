import Exposition
import Inventory
import StorPool
import System

/// Receives the events, messages and state changes of a `ClusterPoller`.
protocol PollerDelegate: AnyObject {
    /// Aborts replies that keep an old page in memory too long. Called when a poll starts.
    func releaseOldPages()
    /// Sends the events to the journal.
    func report(_ events: [EventRecord])
    /// Called when the known anomalies have changed, after `report` for the same poll.
    func anomaliesChanged()
    /// Called when a poll of the lists has ended or the data has become stale.
    func statusChanged()
    func log(_ level: Log.Level, _ message: String)
}

/// Polls the StorPool API at the configured intervals, keeps the state of the cluster and reports changes.
final class ClusterPoller {
    weak var delegate: (any PollerDelegate)?
    private(set) var state: ClusterState
    private(set) lazy var lists = RepeatedPoll(
        interval: options.interval, alarm: timers.lists,
        start: { [unowned self] () throws(PollFailure) in try startLists() }, failed: { [unowned self] in take($0) })
    private(set) lazy var spaces = RepeatedPoll(
        interval: options.spaceInterval, alarm: timers.spaces,
        start: { [unowned self] () throws(PollFailure) in try startSpaces() },
        failed: { [unowned self] in delegate?.log(.warn, "space poll failed: \($0)") })
    private(set) lazy var templates = RepeatedPoll(
        interval: options.templatesInterval, alarm: timers.templates,
        start: { [unowned self] () throws(PollFailure) in try startTemplates() },
        failed: { [unowned self] in delegate?.log(.warn, "template poll failed: \($0)") })

    private let options: ServeOptions
    private let http: any HTTPTransport
    private let timers: Timers
    private var endpoint: APIEndpoint?
    /// Whether a reload has requested space and template polls. They start after the next successful poll of the lists.
    private var isReloading = false

    struct Timers {
        let lists: any Alarm
        let spaces: any Alarm
        let templates: any Alarm
        /// Fires when the data of the last successful poll becomes stale.
        let staleness: any Alarm
    }

    init(http: any HTTPTransport, timers: Timers, options: ServeOptions, known: [KnownAnomaly]) {
        self.http = http
        self.timers = timers
        self.options = options
        state = ClusterState(options: options, known: known)
        timers.staleness.handler = { [unowned self] in becameStale() }
    }

    var isUp: Bool { state.isUp(at: .readClock()) }
    var isStale: Bool { state.isStale(at: .readClock()) }
    /// Whether an endpoint is configured.
    var isPolling: Bool { endpoint != nil }

    /// Polls this endpoint from now on. If its URL or token is new, running polls are cancelled and a poll starts at
    /// once. Otherwise the next poll starts as `RepeatedPoll.request` describes.
    func poll(_ endpoint: APIEndpoint) {
        let previous = self.endpoint
        self.endpoint = endpoint
        guard endpoint.url != previous?.url || endpoint.token != previous?.token else {
            lists.request()
            isReloading = true
            return
        }
        isReloading = false
        state.clearConfigurationFailure()
        lists.restart()
        // Before the first successful poll of the lists, space and template polls are not scheduled.
        for poll in [spaces, templates] where poll.isScheduled { poll.restart() }
    }

    /// Counts an unusable configuration as a failed poll. An outage begins only if there is no previous configuration.
    func configurationFailed(_ error: ConfigurationError) {
        let failure = PollFailure(.config, "cannot use the StorPool configuration: \(error)")
        lists.count(failure)
        if !isPolling { take(failure) }
    }

    private func client(timeout: Duration) throws(PollFailure) -> APIClient {
        guard let endpoint else { throw PollFailure(.config, "no StorPool API is configured") }
        return APIClient(
            http: http, endpoint: endpoint, timeout: timeout, maximumBytes: options.poll.maximumResponseBytes)
    }

    // MARK: The lists

    private func startLists() throws(PollFailure) -> any PollAttempt {
        delegate?.releaseOldPages()
        let counter = ObjectCounter(builder: InventoryBuilder(scope: options.scope, previous: state.inventory))
        return try PollCycle(ListCall.lists, of: client(timeout: options.poll.timeout), into: counter) {
            [unowned self] result in
            do throws(PollFailure) {
                let (inventory, malformed) = try result.get()
                report(try state.take(inventory, malformed: malformed, at: .now()))
            } catch {
                lists.end(error)
            }
        }
    }

    private func report(_ changes: ClusterState.Changes) {
        // One millisecond is added, because data of exactly the maximum age is not stale.
        timers.staleness.arm(at: .readClock() + options.effectiveStaleAfter + .milliseconds(1))
        lists.end(nil)
        for poll in [spaces, templates] where isReloading || !poll.isScheduled { poll.startUnlessRunning() }
        isReloading = false
        delegate?.report(changes.events)
        if changes.areAnomaliesChanged { delegate?.anomaliesChanged() }
        for cluster in changes.missingClusters {
            delegate?.log(.warn, PollOptions.warning(clusterWithoutObjects: cluster))
        }
        delegate?.statusChanged()
    }

    private func take(_ failure: PollFailure) {
        let (event, isNewCause) = state.take(failure, at: .readClock())
        if let event { delegate?.report([event]) }
        // Only the first failure of an outage has an event. A failure with a new cause is logged as a warning instead.
        delegate?.log(isNewCause ? .warn : .debug, "poll failed: \(failure)")
        delegate?.statusChanged()
    }

    private func becameStale() {
        // If the maximum age is shorter than the interval, data becomes stale before each poll. The daemon warns of
        // this once, when it starts.
        if options.effectiveStaleAfter >= options.interval {
            let age = PrometheusDuration.text(options.effectiveStaleAfter)
            delegate?.log(.warn, "no poll has succeeded for \(age): the data is stale and no longer shown")
        }
        delegate?.statusChanged()
    }

    // MARK: Space and templates

    private func startSpaces() throws(PollFailure) -> any PollAttempt {
        delegate?.releaseOldPages()
        let counter = SpaceCounter(builder: SpaceInventoryBuilder(scope: options.scope))
        return try PollCycle(ListCall.spaces, of: client(timeout: options.spaceTimeout), into: counter) {
            [unowned self] result in
            do throws(PollFailure) {
                try state.take(try result.get(), at: .now())
                spaces.end(nil)
            } catch {
                spaces.end(error)
            }
        }
    }

    private func startTemplates() throws(PollFailure) -> any PollAttempt {
        delegate?.releaseOldPages()
        let client = try client(timeout: options.poll.timeout)
        return try PollCycle(ListCall.templates, of: client, into: TemplateCollector()) { [unowned self] result in
            do throws(PollFailure) {
                try state.take(try result.get(), at: .now())
                templates.end(nil)
            } catch {
                templates.end(error)
            }
        }
    }
}
