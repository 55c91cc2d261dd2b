package import ProxmoxVE
package import StorPool

/// Which rows are asked for. Each list that is not empty must contain what the row has, byte for byte.
package struct RowFilter: Sendable {
    /// Tag `pve-loc`.
    package var clusters: [String] = []
    /// Tag `pve`.
    package var storages: [String] = []
    /// Tag `pve-vm`.
    package var vmids: [String] = []
    /// Types; foreign objects have none.
    package var types: Set<ObjectType> = []
    /// Only those that have an anomaly.
    package var onlyAnomalous = false

    /// Everything.
    package init() {}

    /// Whether an object can pass as far as its tags tell; the rest is known when the look is over.
    package func admits(_ tags: Tags) -> Bool {
        Self.admits(clusters, tags.cluster) && Self.admits(storages, tags.storage) && Self.admits(vmids, tags.vmid)
    }

    /// Whether a row passes.
    package func admits(_ row: Row) -> Bool {
        guard admits(row.tags), !onlyAnomalous || !row.anomalies.isEmpty else { return false }
        guard !types.isEmpty else { return true }
        return row.type.map(types.contains) ?? false
    }

    private static func admits(_ asked: [String], _ value: String?) -> Bool {
        let value = (value ?? "").utf8
        return asked.isEmpty || asked.contains { $0.utf8.elementsEqual(value) }
    }
}
