public import Inventory
public import ProxmoxNaming
public import StorPoolObjects

/// The known anomalies of a look, by object.
public struct AnomalyIndex: Sendable {
    /// By bytes, and with the name: a volume that was reverted, and another one, may go by the same id.
    private struct Key: Hashable {
        var kind: ObjectKind
        var name: [UInt8]
        var globalID: [UInt8]

        init(_ kind: ObjectKind, _ name: String, _ globalID: String) {
            (self.kind, self.name, self.globalID) = (kind, Array(name.utf8), Array(globalID.utf8))
        }
    }

    private var anomalies: [Key: [Anomaly]] = [:]
    private var ranks: [Key: Int] = [:]

    /// - Parameter findings: the worst first; within an object that order stays.
    public init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            let key = Key(finding.subject.kind, finding.subject.name, finding.subject.globalID)
            anomalies[key, default: []].append(finding.anomaly)
            if ranks[key] == nil { ranks[key] = ranks.count }
        }
    }

    /// What is wrong with an object.
    public subscript(_ object: StorPoolObject) -> [Anomaly] {
        if anomalies.isEmpty { return [] }
        return anomalies[Key(object.kind, object.name, object.proxmoxID)] ?? []
    }

    /// Rows in the order of their first findings; those without come last.
    public func worstFirst(_ rows: [Row]) -> [Row] {
        rows.map { (rank: ranks[Key($0.kind, $0.storPoolName, $0.globalID)] ?? Int.max, row: $0) }
            .sorted { $0.rank < $1.rank }.map(\.row)
    }
}
