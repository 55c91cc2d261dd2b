package import Inventory
package import ProxmoxVE
package import StorPool

/// The known anomalies of a look, by object.
package struct AnomalyIndex: Sendable {
    /// By bytes, as ids compare.
    private struct Key: Hashable {
        var kind: ObjectKind
        var globalID: [UInt8]

        init(_ kind: ObjectKind, _ globalID: String) {
            (self.kind, self.globalID) = (kind, Array(globalID.utf8))
        }
    }

    /// Of an id: the name of the object that has it, which is mostly the only one.
    private typealias Entry = (name: String, anomaly: Anomaly)

    private var anomalies: [Key: [Entry]] = [:]
    private var ranks: [Key: Int] = [:]

    /// - Parameter findings: the worst first; within an object that order stays.
    package init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            let key = Key(finding.subject.kind, finding.subject.globalID)
            anomalies[key, default: []].append((finding.subject.name, finding.anomaly))
            if ranks[key] == nil { ranks[key] = ranks.count }
        }
    }

    /// What is wrong with an object. A volume that was reverted, and another one, may go by the same id: each anomaly is
    /// known once of that id, and each object has those that it has by itself.
    package subscript(_ object: StorPoolObject) -> [Anomaly] {
        if anomalies.isEmpty { return [] }
        let entries = anomalies[Key(object.kind, object.proxmoxID)] ?? []
        let isAnother = entries.contains { !$0.name.utf8.elementsEqual(object.name.utf8) }
        let own = isAnother ? Classifier.classify(object).anomalies : []
        return entries.compactMap { name, anomaly in
            if name.utf8.elementsEqual(object.name.utf8) || anomaly.reason.comparesObjects { return anomaly }
            return own.first { $0.reason == anomaly.reason }
        }
    }

    /// Rows in the order of their first findings; those without come last.
    package func worstFirst(_ rows: [Row]) -> [Row] {
        rows.map { (rank: ranks[Key($0.kind, $0.globalID)] ?? Int.max, row: $0) }
            .sorted { $0.rank < $1.rank }.map(\.row)
    }
}
