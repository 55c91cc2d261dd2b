package import ProxmoxVE

/// An anomaly that has been reported, and since when it is known.
package struct KnownAnomaly: Equatable, Sendable {
    /// What and of which object.
    package var finding: Finding
    /// When it was reported first, in Unix seconds.
    package var firstSeen: UInt64

    /// Makes an entry by hand.
    package init(finding: Finding, firstSeen: UInt64) {
        self.finding = finding
        self.firstSeen = firstSeen
    }
}

/// How many objects of a storage have an anomaly.
package struct AnomalyCount: Hashable, Sendable {
    /// The storage.
    package var place: Place
    /// The anomaly.
    package var reason: AnomalyReason

    /// Names a count.
    package init(place: Place, reason: AnomalyReason) {
        self.place = place
        self.reason = reason
    }
}

/// What is known to be anomalous, from poll to poll and across restarts.
///
/// An anomaly of one object alone is reported at once. One that compares objects is reported when two consecutive polls
/// agree, because the two lists are read one after the other. Accepted ones are counted and never known.
package struct AnomalyLedger: Sendable {
    /// What one poll changed.
    package struct Changes: Equatable, Sendable {
        /// Anomalies that were not known, the worst first.
        package var detected: [KnownAnomaly] = []
        /// Anomalies that are no more, the worst first.
        package var resolved: [KnownAnomaly] = []

        /// Nothing changed.
        package init() {}

        /// Whether nothing changed.
        package var isEmpty: Bool { detected.isEmpty && resolved.isEmpty }
    }

    /// What the administrator accepts.
    package let accepted: AcceptedAnomalies
    /// What is known, the worst first.
    package private(set) var known: [KnownAnomaly]
    /// How many objects have each anomaly, accepted ones included.
    package private(set) var counts: [AnomalyCount: UInt64] = [:]
    /// How many objects have each reason and are accepted.
    package private(set) var acceptedCounts: [AnomalyReason: UInt64] = [:]
    /// Comparing anomalies of the last poll, reported or not.
    private var suspected: Set<Finding.Key> = []

    /// Begins with what an earlier run knew, without what has been accepted since.
    package init(accepted: AcceptedAnomalies = AcceptedAnomalies(), known: [KnownAnomaly] = []) {
        self.accepted = accepted
        self.known = known.filter { !accepted.contains($0.finding) }.sorted(by: Self.isWorse)
    }

    /// Takes in what a poll found at a time in Unix seconds, and says what that changed.
    package mutating func update(with findings: [Finding], at now: UInt64) -> Changes {
        let (ledger, changes) = updating(with: findings, at: now).run()
        self = ledger
        return changes
    }

    /// The same, in steps; this ledger stays what it is.
    package func updating(with findings: [Finding], at now: UInt64) -> AnomalyUpdate {
        AnomalyUpdate(self, findings, at: now)
    }

    /// How many of this severity are known. They stand together, the worst first: nothing is counted.
    package func count(of severity: AnomalySeverity) -> Int {
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
