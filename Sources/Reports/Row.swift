public import Inventory
public import ProxmoxNaming
public import StorPoolObjects

/// One object as `list` shows it.
public struct Row: Equatable, Sendable {
    /// The id Proxmox VE knows it by.
    public var globalID: String
    /// Its StorPool name.
    public var storPoolName: String
    /// Volume or snapshot.
    public var kind: ObjectKind
    /// Its type; nil when foreign.
    public var type: ObjectType?
    /// The name in the Proxmox VE database; nil when foreign or when the tags encode to none.
    public var volumeName: String?
    /// Its tags, whoever wrote them.
    public var tags: Tags
    /// In bytes.
    public var size: UInt64
    /// Unix seconds, where the API says it.
    public var created: UInt64?
    /// Whether it is a snapshot on its way out.
    public var isGoing: Bool
    /// The worst first.
    public var anomalies: [Anomaly]

    /// Whether it is not of Proxmox VE, or of a cluster that was not asked for.
    public var isForeign: Bool { type == nil }

    /// The row of an object that has these anomalies.
    public init(_ object: StorPoolObject, isOfInterest: Bool, anomalies: [Anomaly]) {
        type = isOfInterest ? Classifier.objectType(of: object) : nil
        globalID = object.proxmoxID
        storPoolName = object.name
        kind = object.kind
        volumeName = type == nil ? nil : VolumeName.encode(object)
        tags = object.tags
        size = object.size
        created = object.created
        isGoing = object.isGoing
        self.anomalies = anomalies
    }
}

/// The known anomalies of a look, by object.
public struct AnomalyIndex: Sendable {
    private struct Key: Hashable {
        var globalID: String
        var kind: ObjectKind
    }

    private var anomalies: [Key: [Anomaly]] = [:]

    /// - Parameter findings: the worst first; within an object that order stays.
    public init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            let key = Key(globalID: finding.subject.globalID, kind: finding.subject.kind)
            anomalies[key, default: []].append(finding.anomaly)
        }
    }

    /// What is wrong with an object.
    public subscript(_ object: StorPoolObject) -> [Anomaly] {
        if anomalies.isEmpty { return [] }
        return anomalies[Key(globalID: object.proxmoxID, kind: object.kind)] ?? []
    }
}

/// Which rows are asked for. Each set that is not empty must contain what the row has.
public struct RowFilter: Sendable {
    /// Tag `pve-loc`.
    public var clusters: Set<String> = []
    /// Tag `pve`.
    public var storages: Set<String> = []
    /// Tag `pve-vm`.
    public var vmids: Set<String> = []
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

    private static func admits(_ asked: Set<String>, _ value: String?) -> Bool {
        asked.isEmpty || asked.contains(value ?? "")
    }
}
