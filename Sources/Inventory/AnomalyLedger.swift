public import ProxmoxNaming

/// An anomaly that has been reported, and since when it is known.
public struct KnownAnomaly: Equatable, Sendable {
    /// What and of which object.
    public var finding: Finding
    /// When it was reported first, in Unix seconds.
    public var firstSeen: UInt64

    /// Makes an entry by hand.
    public init(finding: Finding, firstSeen: UInt64) {
        self.finding = finding
        self.firstSeen = firstSeen
    }
}

/// How many objects of a storage have an anomaly.
public struct AnomalyCount: Hashable, Sendable {
    /// The storage.
    public var place: Place
    /// The anomaly.
    public var reason: AnomalyReason

    /// Names a count.
    public init(place: Place, reason: AnomalyReason) {
        self.place = place
        self.reason = reason
    }
}

/// What is known to be anomalous, from poll to poll and across restarts.
///
/// An anomaly of one object alone is reported at once. One that compares objects is reported when two consecutive polls
/// agree, because the two lists are read one after the other. Accepted ones are counted and never known.
public struct AnomalyLedger: Sendable {
    /// What one poll changed.
    public struct Changes: Equatable, Sendable {
        /// Anomalies that were not known, the worst first.
        public var detected: [KnownAnomaly] = []
        /// Anomalies that are no more, the worst first.
        public var resolved: [KnownAnomaly] = []

        /// Nothing changed.
        public init() {}

        /// Whether nothing changed.
        public var isEmpty: Bool { detected.isEmpty && resolved.isEmpty }
    }

    /// What the administrator accepts.
    public let accepted: AcceptedAnomalies
    /// What is known, the worst first.
    public private(set) var known: [KnownAnomaly]
    /// How many objects have each anomaly, accepted ones included.
    public private(set) var counts: [AnomalyCount: UInt64] = [:]
    /// How many objects have each reason and are accepted.
    public private(set) var acceptedCounts: [AnomalyReason: UInt64] = [:]
    /// Comparing anomalies of the last poll, reported or not.
    private var suspected: Set<Finding.Key> = []

    /// Begins with what an earlier run knew, without what has been accepted since.
    public init(accepted: AcceptedAnomalies = AcceptedAnomalies(), known: [KnownAnomaly] = []) {
        self.accepted = accepted
        self.known = known.filter { !accepted.contains($0.finding) }.sorted(by: Self.isWorse)
    }

    /// Takes in what a poll found at a time in Unix seconds, and says what that changed.
    public mutating func update(with findings: [Finding], at now: UInt64) -> Changes {
        let (ledger, changes) = updating(with: findings, at: now).run()
        self = ledger
        return changes
    }

    /// The same, in steps; this ledger stays what it is.
    public func updating(with findings: [Finding], at now: UInt64) -> AnomalyUpdate {
        AnomalyUpdate(self, findings, at: now)
    }

    /// How many of this severity are known. They stand together, the worst first: nothing is counted.
    public func count(of severity: AnomalySeverity) -> Int {
        firstKnown { $0 < severity } - firstKnown { $0 <= severity }
    }

    /// Where the first one stands whose severity is so: all behind it are.
    private func firstKnown(where isSo: (AnomalySeverity) -> Bool) -> Int {
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(known[middle].finding.anomaly.reason.severity) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether the last poll found it, of those that compare objects.
    func wasSuspected(_ key: Finding.Key) -> Bool { suspected.contains(key) }

    /// Ends an update.
    mutating func replace(
        _ known: [KnownAnomaly], _ counts: [AnomalyCount: UInt64], _ acceptedCounts: [AnomalyReason: UInt64],
        _ suspected: Set<Finding.Key>
    ) {
        (self.known, self.counts, self.suspected) = (known, counts, suspected)
        self.acceptedCounts = acceptedCounts
    }

    static func isWorse(_ left: KnownAnomaly, _ right: KnownAnomaly) -> Bool {
        Finding.isWorse(left.finding, right.finding)
    }
}
