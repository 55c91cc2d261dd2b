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
    /// Whether it is a snapshot that is being deleted.
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
