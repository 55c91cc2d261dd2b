import Inventory
import ProxmoxVE

/// Which events a poll's changes are worth: the first ones one by one, the rest as one that counts them by reason.
enum EventDigest {
    /// Detected ones come first, the worst first; resolved ones share the bound.
    static func events(of changes: AnomalyLedger.Changes, atMost limit: Int) -> [EventRecord] {
        let detected = changes.detected.prefix(limit)
        let resolved = changes.resolved.prefix(max(0, limit - detected.count))
        var events = detected.map(EventRecord.detected) + resolved.map(EventRecord.resolved)
        let restDetected = changes.detected.dropFirst(detected.count)
        let restResolved = changes.resolved.dropFirst(resolved.count)
        if !restDetected.isEmpty || !restResolved.isEmpty {
            events.append(.suppressed(detected: byReason(restDetected), resolved: byReason(restResolved)))
        }
        return events
    }

    private static func byReason(_ entries: ArraySlice<KnownAnomaly>) -> [String: Int] {
        entries.reduce(into: [:]) { $0[$1.finding.anomaly.reason.text, default: 0] += 1 }
    }
}
