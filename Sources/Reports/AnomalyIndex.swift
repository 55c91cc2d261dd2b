public import Inventory
public import ProxmoxNaming
public import StorPoolObjects

/// The known anomalies of a look, by object.
public struct AnomalyIndex: Sendable {
    private struct Key: Hashable {
        var globalID: String
        var kind: ObjectKind
    }

    private var anomalies: [Key: [Anomaly]] = [:]
    private var ranks: [Key: Int] = [:]

    /// - Parameter findings: the worst first; within an object that order stays.
    public init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            let key = Key(globalID: finding.subject.globalID, kind: finding.subject.kind)
            anomalies[key, default: []].append(finding.anomaly)
            if ranks[key] == nil { ranks[key] = ranks.count }
        }
    }

    /// What is wrong with an object.
    public subscript(_ object: StorPoolObject) -> [Anomaly] {
        if anomalies.isEmpty { return [] }
        return anomalies[Key(globalID: object.proxmoxID, kind: object.kind)] ?? []
    }

    /// Rows in the order of their first findings; those without come last.
    public func worstFirst(_ rows: [Row]) -> [Row] {
        rows.map { (rank: ranks[Key(globalID: $0.globalID, kind: $0.kind)] ?? Int.max, row: $0) }
            .sorted { $0.rank < $1.rank }.map(\.row)
    }
}
