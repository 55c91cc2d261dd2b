package import ProxmoxVE
package import StorPool

/// One object as `list` shows it.
package struct Row: Equatable, Sendable {
    /// The id Proxmox VE knows it by.
    package var globalID: String
    /// Its StorPool name.
    package var storPoolName: String
    /// Volume or snapshot.
    package var kind: ObjectKind
    /// Its type; nil when foreign.
    package var type: ObjectType?
    /// The name in the Proxmox VE database; nil when foreign or when the tags encode to none.
    package var volumeName: String?
    /// Its tags, whoever wrote them.
    package var tags: Tags
    /// In bytes.
    package var size: UInt64
    /// Unix seconds, where the API says it.
    package var created: UInt64?
    /// Whether it is a snapshot that is being deleted.
    package var isGoing: Bool
    /// The worst first.
    package var anomalies: [Anomaly]

    /// Whether it is not of Proxmox VE, or of a cluster that was not asked for.
    package var isForeign: Bool { type == nil }

    /// The row of an object that has these anomalies.
    package init(_ object: StorPoolObject, isOfInterest: Bool, anomalies: [Anomaly]) {
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
