import Exposition
import Inventory
import StorPool
import System

/// A point in time on the wall clock and on the monotonic clock.
struct Moment {
    /// Unix seconds.
    var wall: UInt64
    var monotonic: Monotonic

    static func now() -> Moment { Moment(wall: WallClock.seconds, monotonic: .readClock()) }
}

/// The latest data of the StorPool cluster and the page rendered from it. Each poll replaces one part of the data.
struct ClusterState {
    /// Templates older than this many intervals are not shown: a gap is less misleading than an old value.
    private static let templateIntervals = 3

    private let options: ServeOptions
    private let maximumPageBytes: Int
    private(set) var inventory: Inventory?
    private(set) var ledger: AnomalyLedger
    /// nil before the first successful poll.
    private(set) var page: ObjectsPage?
    /// Number of the current page; the first page has number 1.
    private(set) var pageNumber: UInt64 = 0
    /// End of the last successful poll.
    private(set) var lastSuccess: Moment?
    /// End of the last successful space poll, in Unix seconds.
    private(set) var spaceLastSuccess: UInt64?
    /// Number of list elements that the last successful poll could not read.
    private(set) var malformed = 0
    /// Clusters of `--pve.cluster` without a PVE object in the last successful poll.
    private(set) var clustersWithoutObjects: [String] = []
    /// Why the last poll of the lists failed; nil if it succeeded or if no poll has ended.
    private(set) var failure: PollFailure?
    private var space: SpaceInventory?
    private var templates: (list: [TemplateStatus], at: Monotonic)?
    private var outage: (since: Monotonic, failures: Int)?

    init(options: ServeOptions, known: [KnownAnomaly], maximumPageBytes: Int = ObjectsPage.standardMaximumBytes) {
        self.options = options
        self.maximumPageBytes = maximumPageBytes
        ledger = AnomalyLedger(accepted: options.poll.accepted, known: known)
    }

    /// Whether the data is too old to be shown, or there is none.
    func isStale(at now: Monotonic) -> Bool {
        guard let lastSuccess else { return true }
        return now - lastSuccess.monotonic > options.effectiveStaleAfter
    }

    /// Whether the last poll succeeded and its data is not stale.
    func isUp(at now: Monotonic) -> Bool { failure == nil && !isStale(at: now) }

    /// What a poll changed.
    struct Changes {
        /// Events for the journal.
        var events: [EventRecord] = []
        /// Clusters without PVE objects that the previous successful poll did not report.
        var missingClusters: [String] = []
        var areAnomaliesChanged = false
    }

    /// Takes the result of a poll of the lists. Throws if the page cannot be rendered; the previous data then stays.
    mutating func take(_ inventory: Inventory, malformed: Int, at now: Moment) throws(PollFailure) -> Changes {
        let changes = try update(at: now.monotonic) { state in
            let changes = state.ledger.update(with: inventory.findings, at: now.wall)
            state.inventory = inventory
            // Only the ledger needs the findings.
            state.inventory?.findings = []
            return changes
        }
        self.malformed = malformed
        var result = Changes(
            events: EventRecord.events(of: changes, atMost: options.maximumEvents),
            areAnomaliesChanged: !changes.isEmpty)
        if let outage {
            result.events.append(.pollRecovered(after: now.monotonic - outage.since, failures: outage.failures))
        }
        (failure, outage, lastSuccess) = (nil, nil, now)
        let missing = self.inventory?.clustersWithoutObjects(of: options.poll.clusters) ?? []
        result.missingClusters = missing.filter { cluster in
            !clustersWithoutObjects.contains { $0.utf8.elementsEqual(cluster.utf8) }
        }
        clustersWithoutObjects = missing
        return result
    }

    mutating func take(_ space: SpaceInventory, at now: Moment) throws(PollFailure) {
        try update(at: now.monotonic) { $0.space = space }
        spaceLastSuccess = now.wall
    }

    mutating func take(_ templates: [TemplateStatus], at now: Moment) throws(PollFailure) {
        try update(at: now.monotonic) { $0.templates = (templates, now.monotonic) }
    }

    /// Records a failed poll of the lists.
    ///
    /// - Returns: an event if the failure begins an outage. `isNewCause` is true if, during an outage, the cause
    ///   differs from the previous failure.
    mutating func take(_ failure: PollFailure, at now: Monotonic) -> (event: EventRecord?, isNewCause: Bool) {
        let isNewCause = outage != nil && self.failure?.cause != failure.cause
        let event = outage == nil ? EventRecord.pollFailed(failure) : nil
        outage = (outage?.since ?? now, (outage?.failures ?? 0) + 1)
        self.failure = failure
        return (event, isNewCause)
    }

    /// Clears a configuration error that no longer applies.
    mutating func clearConfigurationFailure() {
        if failure?.cause == .config { failure = nil }
    }

    /// Changes the data and renders the page. Throws if the page cannot be rendered; the previous data then stays.
    private mutating func update<Result>(
        at now: Monotonic, _ change: (inout ClusterState) -> Result
    ) throws(PollFailure) -> Result {
        var state = self
        // The old page is dropped before the new one is rendered, so that this process does not need memory for both.
        page = nil
        let result = change(&state)
        do throws(PollFailure) { try state.render(at: now) } catch {
            try? render(at: now)
            throw error
        }
        self = state
        return result
    }

    private mutating func render(at now: Monotonic) throws(PollFailure) {
        page = nil
        guard let inventory else { return }
        var shownTemplates: [TemplateStatus] = []
        if let templates, now - templates.at <= options.templatesInterval * Self.templateIntervals {
            shownTemplates = templates.list
        }
        let contents = PageContents(
            inventory: inventory, space: space, templates: shownTemplates, known: ledger.known,
            anomalyCounts: ledger.counts, anomalySeries: options.anomalySeries)
        do throws(PageTooLarge) {
            page = try ObjectsPage(contents, maximumBytes: maximumPageBytes)
            pageNumber += 1
        } catch {
            throw PollFailure(error)
        }
    }
}
