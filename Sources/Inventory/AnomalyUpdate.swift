import ProxmoxVE

/// Takes what a poll found into a ledger, in steps: there may be as many anomalies as objects.
package struct AnomalyUpdate: SteppedWork {
    private static let entriesPerStep = 512

    private enum Stage {
        /// Notes where each known anomaly is.
        case index
        /// Takes the findings.
        case take
        /// Puts what is new in order.
        case sort
        /// Puts it between what stays.
        case merge
        case done
    }

    /// What has become of a known anomaly: the number of its finding, or one of these.
    private enum Fate {
        static let absent = -1
        /// Another entry of the ledger is the same.
        static let doubled = -2
    }

    private var ledger: AnomalyLedger
    private let findings: [Finding]
    private let now: UInt64
    private var stage = Stage.index
    private var next = 0
    private var places: [Finding.Key: Int] = [:]
    private var fates: [Int]
    private var suspected: Set<Finding.Key> = []
    private var counts: [AnomalyCount: UInt64] = [:]
    private var acceptedCounts: [AnomalyReason: UInt64] = [:]
    private var fresh: Set<Finding.Key> = []
    private var changes = AnomalyLedger.Changes()
    private var sort: SteppedSort<KnownAnomaly>
    private var known: [KnownAnomaly] = []
    private var nextDetected = 0

    init(_ ledger: AnomalyLedger, _ findings: [Finding], at now: UInt64) {
        (self.ledger, self.findings, self.now) = (ledger, findings, now)
        fates = [Int](repeating: Fate.absent, count: ledger.known.count)
        sort = SteppedSort([], by: AnomalyLedger.isWorse)
        places.reserveCapacity(ledger.known.count)
    }

    /// Does the next step; false when nothing is left to do.
    package mutating func advance() -> Bool {
        switch stage {
        case .index: advance(to: .take, through: ledger.known.count) { $0.note($1) }
        case .take:
            advance(to: .sort, through: findings.count) { $0.take($1) }
            if case .sort = stage { sort = SteppedSort(changes.detected, by: AnomalyLedger.isWorse) }
        case .sort:
            if !sort.advance() {
                changes.detected = sort.sorted
                known.reserveCapacity(ledger.known.count + changes.detected.count)
                stage = .merge
            }
        case .merge:
            advance(to: .done, through: ledger.known.count) { $0.keep($1) }
            if case .done = stage { known += changes.detected[nextDetected...] }
        case .done: break
        }
        if case .done = stage { return false }
        return true
    }

    /// The ledger as it is now, and what that changed.
    package consuming func outcome() -> (ledger: AnomalyLedger, changes: AnomalyLedger.Changes) {
        ledger.replace(known, counts, acceptedCounts, suspected)
        return (ledger, changes)
    }

    private mutating func advance(to stage: Stage, through count: Int, _ body: (inout Self, Int) -> Void) {
        let end = min(count, next + Self.entriesPerStep)
        for number in next..<end { body(&self, number) }
        next = end
        if end == count { (self.stage, next) = (stage, 0) }
    }

    private mutating func note(_ number: Int) {
        let key = ledger.known[number].finding.key
        if places[key] == nil { places[key] = number } else { fates[number] = Fate.doubled }
    }

    private mutating func take(_ number: Int) {
        let finding = findings[number]
        let key = finding.key
        let place = places[key]
        if finding.anomaly.reason.comparesObjects {
            suspected.insert(key)
            // Two polls in a row have to agree, because the two lists are read one after the other.
            guard place != nil || ledger.wasSuspected(key) else { return }
        }
        counts[AnomalyCount(place: finding.subject.place, reason: finding.anomaly.reason), default: 0] += 1
        guard !ledger.accepted.contains(finding) else {
            acceptedCounts[finding.anomaly.reason, default: 0] += 1
            return
        }
        if let place {
            fates[place] = number
        } else if fresh.insert(key).inserted {
            changes.detected.append(KnownAnomaly(finding: finding, firstSeen: now))
        }
    }

    private mutating func keep(_ number: Int) {
        var entry = ledger.known[number]
        guard fates[number] != Fate.doubled else { return }
        guard fates[number] != Fate.absent else { return changes.resolved.append(entry) }
        entry.finding = findings[fates[number]]
        while nextDetected < changes.detected.count, AnomalyLedger.isWorse(changes.detected[nextDetected], entry) {
            known.append(changes.detected[nextDetected])
            nextDetected += 1
        }
        known.append(entry)
    }
}
