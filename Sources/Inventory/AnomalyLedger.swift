package import ProxmoxVE

/// An anomaly that has been reported.
package struct KnownAnomaly: Equatable, Sendable {
    package var finding: Finding
    /// When the anomaly was first reported, in Unix seconds.
    package var firstSeen: UInt64

    package init(finding: Finding, firstSeen: UInt64) {
        self.finding = finding
        self.firstSeen = firstSeen
    }
}

/// The key by which objects with an anomaly are counted.
package struct AnomalyCount: Hashable, Sendable {
    package var storageKey: StorageKey
    package var reason: AnomalyReason

    package init(storageKey: StorageKey, reason: AnomalyReason) {
        self.storageKey = storageKey
        self.reason = reason
    }
}

/// The known anomalies, kept from poll to poll and across restarts.
///
/// An anomaly of one object is reported at once. An anomaly found by comparing objects is reported when two consecutive
/// polls find it: the two lists are read one after the other, and objects can change in between. Accepted anomalies are
/// counted and never reported.
package struct AnomalyLedger: Sendable {
    /// The changes of one poll, with the worst anomalies first.
    package struct Changes: Equatable, Sendable {
        package var detected: [KnownAnomaly] = []
        package var resolved: [KnownAnomaly] = []

        package init() {}

        package var isEmpty: Bool { detected.isEmpty && resolved.isEmpty }
    }

    package let accepted: AcceptedAnomalies
    /// Sorted, with the worst anomaly first. Each key occurs once.
    package private(set) var known: [KnownAnomaly]
    /// Number of objects by storage and reason, including accepted anomalies.
    package private(set) var counts: [AnomalyCount: UInt64] = [:]
    /// Number of accepted anomalies by reason.
    package private(set) var acceptedCounts: [AnomalyReason: UInt64] = [:]
    /// The anomalies of the last poll that were found by comparing objects, reported or not.
    private var suspected: Set<Finding.Key> = []

    /// - Parameter known: the known anomalies of an earlier run. Anomalies that are now accepted are removed.
    package init(accepted: AcceptedAnomalies = AcceptedAnomalies(), known: [KnownAnomaly] = []) {
        self.accepted = accepted
        self.known = known.filter { !accepted.contains($0.finding) }
            .sorted { Finding.isWorse($0.finding, $1.finding) }
            .reduce(into: []) { known, entry in
                if known.last?.finding.key != entry.finding.key { known.append(entry) }
            }
    }

    /// Updates the known anomalies with the findings of a poll and returns the changes.
    ///
    /// - Parameter now: in Unix seconds.
    package mutating func update(with findings: [Finding], at now: UInt64) -> Changes {
        var changes = Changes()
        var kept: [KnownAnomaly] = []
        kept.reserveCapacity(known.count)
        var suspects: Set<Finding.Key> = []
        (counts, acceptedCounts) = ([:], [:])
        // Known anomalies and sorted findings have the same order, so one loop over both compares them.
        var next = 0
        let order = findings.indices.sorted { Finding.isWorse(findings[$0], findings[$1]) }
        for finding in order.lazy.map({ findings[$0] }) {
            while next < known.count, Finding.isWorse(known[next].finding, finding) {
                changes.resolved.append(known[next])
                next += 1
            }
            let key = finding.key
            let isRepeated = kept.last?.finding.key == key
            let isKnown = next < known.count && known[next].finding.key == key
            if finding.anomaly.reason.comparesObjects {
                suspects.insert(key)
                guard isRepeated || isKnown || suspected.contains(key) else { continue }
            }
            counts[AnomalyCount(storageKey: finding.subject.storageKey, reason: key.reason), default: 0] += 1
            if accepted.contains(finding) {
                acceptedCounts[key.reason, default: 0] += 1
            } else if isKnown {
                kept.append(KnownAnomaly(finding: finding, firstSeen: known[next].firstSeen))
                next += 1
            } else if !isRepeated {
                let entry = KnownAnomaly(finding: finding, firstSeen: now)
                kept.append(entry)
                changes.detected.append(entry)
            }
        }
        changes.resolved += known[next...]
        (known, suspected) = (kept, suspects)
        return changes
    }

    package func count(of severity: AnomalySeverity) -> Int {
        firstKnown { $0 < severity } - firstKnown { $0 <= severity }
    }

    /// Index of the first known anomaly whose severity matches. The anomalies are sorted, so this is a binary search.
    private func firstKnown(where matches: (AnomalySeverity) -> Bool) -> Int {
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if matches(known[middle].finding.anomaly.reason.severity) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
