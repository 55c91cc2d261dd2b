import Exposition
import Inventory
import StorPool
import System

/// Keeps the picture of the StorPool cluster: polls, compares with what was known, renders, and logs what changed.
final class ClusterPoller {
    /// What the daemon does on changes.
    struct Reports {
        /// An event for the journal.
        var event: (EventRecord) -> Void
        /// Whether events wait for the journal.
        var hasWaitingEvents: () -> Bool
        /// A poll has ended and its page is rendered, or its data is stale.
        var statusChanged: () -> Void
        /// A line for the log.
        var log: (Log.Level, String) -> Void
    }

    let pages: PageKeeper
    /// Whether the last poll succeeded and its data is not stale.
    var isUp: Bool { hasSucceeded && !isStale }
    private var hasSucceeded = false
    /// When the last good poll ended.
    private(set) var lastSuccess: (wall: UInt64, monotonic: Monotonic)?
    /// When the last good space poll ended, in Unix seconds.
    private(set) var spaceLastSuccess: UInt64?
    /// From the request to the rendered page.
    private(set) var duration: Duration?
    /// Elements that the last good poll left out.
    private(set) var malformed = 0
    /// Why the last poll failed, if it did.
    private(set) var failure: PollFailure?
    /// What the last good poll found.
    private(set) var inventory: Inventory?
    private(set) var ledger: AnomalyLedger
    /// The ledger whose changes have been logged; the state file holds nothing else.
    private var reportedLedger: AnomalyLedger
    /// How many polls have been compared with the ledger.
    private var comparisons = 0

    private(set) var lists: RepeatedPoll?
    private(set) var spaces: RepeatedPoll?
    private(set) var templates: RepeatedPoll?

    private let loop: EventLoop
    private let options: ServeOptions
    private let http: HTTPClient
    private let state: StateFile
    /// Whether the state file has what is known.
    private var isStored = true
    private let comparing: StepRunner<AnomalyUpdate>
    private let storing: StepRunner<StateFile.Storing>
    private let reports: Reports
    private var endpoint: APIEndpoint?
    /// Clusters of `--pve.cluster` of which the last good poll saw no object.
    private(set) var clustersWithoutObjects: [String] = []
    private var space: SpaceInventory?
    private var templateStatus: (list: [TemplateStatus], at: Monotonic)?
    /// Fires when the data of the last good poll gets stale.
    private let staleness: TimerSource
    private var outage: (since: Monotonic, failures: Int, cause: FailureCause)?

    init(
        loop: EventLoop, http: HTTPClient, options: ServeOptions, state: StateFile, known: [KnownAnomaly],
        reports: Reports
    ) throws(SystemError) {
        self.loop = loop
        self.http = http
        self.options = options
        self.state = state
        self.reports = reports
        ledger = AnomalyLedger(accepted: options.poll.accepted, known: known)
        reportedLedger = ledger
        pages = try PageKeeper(loop: loop)
        comparing = try StepRunner(loop: loop)
        storing = try StepRunner(loop: loop)
        staleness = try loop.timer {
            // With a shorter age than the interval, data is stale before every poll.
            if options.effectiveStaleAfter >= options.interval {
                let age = PrometheusDuration.text(options.effectiveStaleAfter)
                reports.log(.warn, "no poll has succeeded for \(age): the data is stale and is not shown any more")
            }
            reports.statusChanged()
        }
        lists = try RepeatedPoll(
            loop: loop, interval: options.interval,
            start: { [unowned self] () throws(PollFailure) in try startLists() },
            failed: { [unowned self] in
                noteDuration()
                listsFailed($0)
            })
        spaces = try RepeatedPoll(
            loop: loop, interval: options.spaceInterval,
            start: { [unowned self] () throws(PollFailure) in try startSpace() },
            failed: { reports.log(.warn, "space poll failed: \($0)") })
        templates = try RepeatedPoll(
            loop: loop, interval: options.templatesInterval,
            start: { [unowned self] () throws(PollFailure) in try startTemplates() },
            failed: { reports.log(.warn, "poll of the templates failed: \($0)") })
    }

    /// Polls this endpoint from now on, the first time at once. A running poll is cancelled if it asks another API or
    /// sends another token; otherwise it ends first.
    func poll(_ endpoint: APIEndpoint) {
        let previous = self.endpoint
        self.endpoint = endpoint
        guard endpoint.url != previous?.url || endpoint.token != previous?.token else {
            lists?.beginAgain()
            for poll in [spaces, templates] where poll?.isScheduled == true { poll?.beginUnlessUnderWay() }
            return
        }
        if failure?.cause == .config { failure = nil }
        lists?.begin()
        // The slower ones begin after the first good poll, and anew with a new endpoint.
        if spaces?.isScheduled == true { spaces?.begin() }
        if templates?.isScheduled == true { templates?.begin() }
    }

    /// Whether there is an endpoint that is polled.
    var isPolling: Bool { endpoint != nil }

    /// Counts a configuration that cannot be used as a failed poll. While an earlier one is polled, it is no outage.
    func configurationFailed(_ error: ConfigurationError) {
        let failure = PollFailure(.config, "cannot use the StorPool configuration: \(error)")
        lists?.count(failure)
        if !isPolling { listsFailed(failure) }
    }

    /// Whether the data of the last good poll is too old to be shown, or there is none.
    var isStale: Bool {
        guard let lastSuccess else { return true }
        return loop.now - lastSuccess.monotonic > options.effectiveStaleAfter
    }

    private func client() throws(PollFailure) -> APIClient {
        guard let endpoint else { throw PollFailure(.config, "no StorPool API is configured") }
        return APIClient(
            loop: loop, http: http, endpoint: endpoint, timeout: options.poll.timeout,
            maximumBytes: options.poll.maximumResponseBytes)
    }
}

// MARK: The lists

extension ClusterPoller {
    private func startLists() throws(PollFailure) -> any PollAttempt {
        let calls: [(String, ObjectKind)] = [("VolumesList", .volume), ("SnapshotsList", .snapshot)]
        return try ListPoll(calls, of: client(), into: InventoryBuilder(scope: options.scope, previous: inventory)) {
            [unowned self] result in
            switch result {
            case .failure(let failure): lists?.end(failure)
            case .success(let result): take(result.outcome, malformed: result.malformed)
            }
        }
    }

    private func take(_ inventory: Inventory, malformed: Int) {
        comparisons += 1
        let (began, comparison) = (lists?.began, comparisons)
        let now = WallClock.seconds
        comparing.run { [unowned self] in
            ledger.updating(with: inventory.findings, at: now)
        } completion: { [unowned self] outcome in
            let previous = (inventory: self.inventory, ledger: ledger)
            self.inventory = inventory
            self.inventory?.findings = []
            ledger = outcome.ledger
            render { [unowned self] failure in
                if failure == nil {
                    reportedLedger = outcome.ledger
                    report(outcome.changes)
                } else if comparisons == comparison {
                    // A poll without a page has failed, so its findings are discarded too.
                    (self.inventory, ledger) = previous
                }
                shown(failure, malformed: malformed, of: began)
            }
        }
    }

    private func shown(_ failure: PollFailure?, malformed: Int, of began: Monotonic?) {
        // A newer poll reports its own outcome.
        guard lists?.began == began else { return }
        if let failure {
            lists?.end(failure)
            return
        }
        self.malformed = malformed
        listsSucceeded()
    }

    private func listsSucceeded() {
        (hasSucceeded, failure) = (true, nil)
        lastSuccess = (WallClock.seconds, loop.now)
        // A millisecond more, because data of exactly that age is not stale.
        staleness.arm(after: options.effectiveStaleAfter + .milliseconds(1))
        noteDuration()
        if let outage {
            let duration = PrometheusDuration.text(.seconds((loop.now - outage.since).components.seconds))
            reports.event(.pollRecovered(after: duration, failures: outage.failures))
        }
        outage = nil
        lists?.end(nil)
        if spaces?.isScheduled == false { spaces?.begin() }
        if templates?.isScheduled == false { templates?.begin() }
        warnOfClustersWithoutObjects()
        reports.statusChanged()
    }

    /// A cluster that is misspelt looks like one without a fault: that is said once.
    private func warnOfClustersWithoutObjects() {
        let missing = inventory?.clustersWithoutObjects(of: options.poll.clusters) ?? []
        for cluster in missing where !clustersWithoutObjects.contains(where: { $0.utf8.elementsEqual(cluster.utf8) }) {
            reports.log(.warn, PollOptions.warning(ofClusterWithoutObjects: cluster))
        }
        clustersWithoutObjects = missing
    }

    private func listsFailed(_ failure: PollFailure) {
        (hasSucceeded, self.failure) = (false, failure)
        if outage == nil { reports.event(.pollFailed(failure)) }
        // An outage has one event, so a new cause goes to the log.
        let isNewCause = outage.map { $0.cause != failure.cause } ?? false
        reports.log(isNewCause ? .warn : .debug, "poll failed: \(failure)")
        outage = (outage?.since ?? loop.now, (outage?.failures ?? 0) + 1, failure.cause)
        reports.statusChanged()
    }

    private func noteDuration() {
        guard let began = lists?.began else { return }
        duration = loop.now - began
    }

    private func report(_ changes: AnomalyLedger.Changes) {
        for event in EventDigest.events(of: changes, atMost: options.maximumEvents) { reports.event(event) }
        if !changes.isEmpty { isStored = false }
        // What could not be written is tried again at each poll: a disk that was full need not stay so.
        keepState()
    }

    /// Stores the reported anomalies if they have changed and no event waits for the journal: after a sudden end, such an
    /// event is repeated and not lost.
    func keepState() {
        guard !isStored, !reports.hasWaitingEvents() else { return }
        storing.run { [unowned self] in
            isStored = true
            return state.storing(reportedLedger.known)
        } completion: { [unowned self] failure in
            guard let failure else { return }
            isStored = false
            reports.log(.error, "cannot keep the state: \(failure)")
        }
    }

    /// Stores the state before the program ends.
    func finish() {
        keepState()
        storing.finish()
    }
}

// MARK: The slower polls

extension ClusterPoller {
    private func startSpace() throws(PollFailure) -> any PollAttempt {
        let calls: [(String, ObjectKind)] = [("VolumesSpace", .volume), ("SnapshotsSpace", .snapshot)]
        let client = try client().waiting(options.spaceTimeout)
        return try ListPoll(calls, of: client, into: SpaceInventoryBuilder(scope: options.scope)) {
            [unowned self] result in
            switch result {
            case .failure(let failure): spaces?.end(failure)
            case .success(let result): take(result.outcome)
            }
        }
    }

    private func take(_ space: SpaceInventory) {
        let began = spaces?.began
        let previous = self.space
        self.space = space
        render { [unowned self] failure in
            if failure != nil { self.space = previous }
            guard spaces?.began == began else { return }
            if failure == nil { spaceLastSuccess = WallClock.seconds }
            spaces?.end(failure)
        }
    }

    private func startTemplates() throws(PollFailure) -> any PollAttempt {
        let list = TemplateList()
        return try APICall(
            "VolumeTemplatesStatus", of: client(), reader: TemplateListReader(),
            into: ListHandler(element: { list.add($0) }, restart: { list.restart() }),
            completion: { [unowned self] result in
                switch result {
                case .failure(let failure): templates?.end(failure)
                case .success where list.isOverfull:
                    templates?.end(PollFailure(.tooLarge, "VolumeTemplatesStatus: too many templates to show"))
                case .success:
                    templateStatus = (list.templates, loop.now)
                    templates?.end(nil)
                    render { _ in }
                }
            })
    }
}

/// The templates of a reply that is being read.
private final class TemplateList {
    /// Far more than a cluster has: unlike objects, templates are held until they are replaced.
    private static let maximumBytes = 4 << 20

    private(set) var templates: [TemplateStatus] = []
    private(set) var isOverfull = false
    private var bytes = 0

    func add(_ template: TemplateStatus) {
        bytes += MemoryLayout<TemplateStatus>.size + template.name.utf8.count
        isOverfull = isOverfull || bytes > Self.maximumBytes
        if !isOverfull { templates.append(template) }
    }

    func restart() {
        (templates, isOverfull, bytes) = ([], false, 0)
    }
}

extension InventoryBuilder: ObjectSink {}
extension SpaceInventoryBuilder: ObjectSink {}

// MARK: The page

extension ClusterPoller {
    /// A template whose last good poll is older than this many intervals is left out: a gap says more than an old figure.
    private static var templateIntervals: Int { 3 }

    private func render(_ completion: @escaping PageKeeper.Completion) {
        guard let inventory else { return completion(nil) }
        let contents = PageContents(
            inventory: inventory, space: space, templates: currentTemplates, known: ledger.known,
            anomalyCounts: ledger.counts, anomalySeries: options.anomalySeries)
        pages.render(contents, completion: completion)
    }

    private var currentTemplates: [TemplateStatus] {
        guard let templateStatus,
            loop.now - templateStatus.at <= options.templatesInterval * Self.templateIntervals
        else { return [] }
        return templateStatus.list
    }
}
