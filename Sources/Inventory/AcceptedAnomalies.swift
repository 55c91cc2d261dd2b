package import ProxmoxVE

/// Anomalies that the administrator accepts: reasons, and reasons of single objects.
package struct AcceptedAnomalies: Equatable, Sendable {
    private var reasons: Set<AnomalyReason>
    /// Global ids by reason, as bytes: strings would compare as equal by Unicode's rules.
    private var globalIDs: [AnomalyReason: Set<[UInt8]>] = [:]

    /// Accepts these reasons of all objects.
    package init(_ reasons: Set<AnomalyReason> = []) {
        self.reasons = reasons
    }

    /// Accepts a reason of all objects.
    package mutating func insert(_ reason: AnomalyReason) { reasons.insert(reason) }

    /// Accepts a reason of the objects with a global id.
    package mutating func insert(_ reason: AnomalyReason, of globalID: String) {
        globalIDs[reason, default: []].insert(Array(globalID.utf8))
    }

    /// Whether a finding is accepted.
    package func contains(_ finding: Finding) -> Bool {
        let reason = finding.anomaly.reason
        return reasons.contains(reason)
            || globalIDs[reason]?.contains(Array(finding.subject.globalID.utf8)) == true
    }
}
