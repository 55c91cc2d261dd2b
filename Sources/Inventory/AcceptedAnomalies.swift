package import ProxmoxVE
import Text

/// Anomalies accepted by `--anomalies.ignore`: a reason on all objects, or a reason on one object.
package struct AcceptedAnomalies: Equatable, Sendable {
    private var reasons: Set<AnomalyReason>
    private var globalIDs: [AnomalyReason: Set<ExactString>] = [:]

    package init(_ reasons: Set<AnomalyReason> = []) {
        self.reasons = reasons
    }

    package mutating func insert(_ reason: AnomalyReason) { reasons.insert(reason) }

    package mutating func insert(_ reason: AnomalyReason, of globalID: String) {
        globalIDs[reason, default: []].insert(ExactString(globalID))
    }

    package func contains(_ finding: Finding) -> Bool {
        let reason = finding.anomaly.reason
        return reasons.contains(reason)
            || globalIDs[reason]?.contains(ExactString(finding.subject.globalID)) == true
    }
}
