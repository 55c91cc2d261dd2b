package import Inventory
package import ProxmoxVE
package import StorPool
import Text

/// The anomalies of one reading of the cluster, by object.
package struct AnomalyIndex: Sendable {
    private struct Key: Hashable {
        let kind: ObjectKind
        let globalID: ExactString

        init(_ kind: ObjectKind, _ globalID: String) {
            (self.kind, self.globalID) = (kind, ExactString(globalID))
        }
    }

    /// The StorPool name distinguishes objects that share an id.
    private typealias Entry = (name: String, anomaly: Anomaly)

    private var anomalies: [Key: [Entry]] = [:]
    private var ranks: [Key: Int] = [:]

    /// - Parameter findings: the worst first.
    package init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            let key = Key(finding.subject.kind, finding.subject.globalID)
            anomalies[key, default: []].append((finding.subject.name, finding.anomaly))
            if ranks[key] == nil { ranks[key] = ranks.count }
        }
    }

    /// The anomalies of an object, the worst first.
    ///
    /// Two volumes can have the same id after a revert, but the ledger keeps each anomaly only once per id. Therefore
    /// the object is classified again if an anomaly with its id was found on an object with a different name.
    package subscript(_ object: StorPoolObject) -> [Anomaly] {
        if anomalies.isEmpty { return [] }
        let entries = anomalies[Key(object.kind, object.proxmoxID)] ?? []
        let isShared = entries.contains { !$0.name.isSame(as: object.name) }
        let own = isShared ? Classifier.classify(object).anomalies : []
        return entries.compactMap { name, anomaly in
            if name.isSame(as: object.name) || anomaly.reason.comparesObjects { return anomaly }
            return own.first { $0.reason == anomaly.reason }
        }
    }

    /// Sorts rows by their worst finding, in the order of all findings. Rows without findings come last.
    package func worstFirst(_ rows: [Row]) -> [Row] {
        rows.map { (rank: ranks[Key($0.kind, $0.globalID)] ?? Int.max, row: $0) }
            .sorted { $0.rank < $1.rank }.map(\.row)
    }
}
