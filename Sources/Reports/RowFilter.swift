public import ProxmoxNaming
public import StorPoolObjects

/// Which rows are asked for. Each list that is not empty must contain what the row has, byte for byte.
public struct RowFilter: Sendable {
    /// Tag `pve-loc`.
    public var clusters: [String] = []
    /// Tag `pve`.
    public var storages: [String] = []
    /// Tag `pve-vm`.
    public var vmids: [String] = []
    /// Types; foreign objects have none.
    public var types: Set<ObjectType> = []
    /// Only those that have an anomaly.
    public var onlyAnomalous = false

    /// Everything.
    public init() {}

    /// Whether an object can pass as far as its tags tell; the rest is known when the look is over.
    public func admits(_ tags: Tags) -> Bool {
        Self.admits(clusters, tags.cluster) && Self.admits(storages, tags.storage) && Self.admits(vmids, tags.vmid)
    }

    /// Whether a row passes.
    public func admits(_ row: Row) -> Bool {
        guard admits(row.tags), !onlyAnomalous || !row.anomalies.isEmpty else { return false }
        guard !types.isEmpty else { return true }
        return row.type.map(types.contains) ?? false
    }

    private static func admits(_ asked: [String], _ value: String?) -> Bool {
        let value = (value ?? "").utf8
        return asked.isEmpty || asked.contains { $0.utf8.elementsEqual(value) }
    }
}
