package import ProxmoxVE
package import StorPool
import Text

/// The filters of `list`. An empty filter admits every row. Any other filter admits a row whose value it contains,
/// compared by bytes. A row must pass all filters.
package struct RowFilter: Sendable {
    /// Values of the tag `pve-loc`.
    package var clusters: [String] = []
    /// Values of the tag `pve`.
    package var storages: [String] = []
    /// Values of the tag `pve-vm`.
    package var vmids: [String] = []
    package var types: Set<ObjectType> = []
    package var onlyAnomalous = false

    package init() {}

    /// Whether the tags pass the filters by cluster, storage and VM. This check needs no anomalies, which are known
    /// only after the whole cluster has been read.
    package func admits(_ tags: Tags) -> Bool {
        Self.admits(clusters, tags.cluster) && Self.admits(storages, tags.storage) && Self.admits(vmids, tags.vmid)
    }

    package func admits(_ row: Row) -> Bool {
        guard admits(row.tags), !onlyAnomalous || !row.anomalies.isEmpty else { return false }
        guard !types.isEmpty else { return true }
        return row.type.map(types.contains) ?? false
    }

    private static func admits(_ requested: [String], _ value: String?) -> Bool {
        requested.isEmpty || requested.contains { $0.isSame(as: value ?? "") }
    }
}
