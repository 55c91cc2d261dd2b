package import ProxmoxVE
package import StorPool

/// One object as `list` prints it.
package struct Row: Equatable, Sendable {
    package var globalID: String
    package var storPoolName: String
    package var kind: ObjectKind
    /// nil if the object is foreign.
    package var type: ObjectType?
    /// nil if the object is foreign or the plugin refuses it.
    package var volumeName: String?
    package var tags: Tags
    /// In bytes.
    package var size: UInt64
    /// In Unix seconds; nil if unknown.
    package var created: UInt64?
    package var isBeingDeleted: Bool
    /// The worst first.
    package var anomalies: [Anomaly]

    package var isForeign: Bool { type == nil }

    /// - Parameter isOfInterest: false for objects outside the clusters of `--pve.cluster`, which count as foreign.
    package init(_ object: StorPoolObject, isOfInterest: Bool, anomalies: [Anomaly]) {
        type = isOfInterest ? Classifier.objectType(of: object) : nil
        globalID = object.proxmoxID
        storPoolName = object.name
        kind = object.kind
        volumeName = type == nil ? nil : VolumeName.encode(object)
        tags = object.tags
        size = object.size
        created = object.created
        isBeingDeleted = object.isGoing
        self.anomalies = anomalies
    }
}

/// The fields of JSON objects and CSV rows, in output order. Users rely on the raw values.
enum RowField: String, CaseIterable {
    case globalID = "global_id"
    case storPoolName = "storpool_name"
    case kind
    case objectType = "object_type"
    case volumeName = "volume_name"
    case cluster = "pve_cluster"
    case storage
    case contentType = "content_type"
    case vmid, disk, snapshot, parent, comment
    case sizeBytes = "size_bytes"
    case created, going, foreign, anomalies
}

enum FieldValue {
    case text(String?)
    case number(UInt64?)
    case boolean(Bool)
    case anomalies([Anomaly])
}

extension Row {
    func value(_ field: RowField) -> FieldValue {
        switch field {
        case .globalID: .text(globalID)
        case .storPoolName: .text(storPoolName)
        case .kind: .text(kind.text)
        case .objectType: .text(type?.text)
        case .volumeName: .text(volumeName)
        case .cluster: .text(tags.cluster)
        case .storage: .text(tags.storage)
        case .contentType: .text(tags.contentType)
        case .vmid: .text(tags.vmid)
        case .disk: .text(tags.disk)
        case .snapshot: .text(tags.snapshot)
        case .parent: .text(tags.parent)
        case .comment: .text(tags.comment)
        case .sizeBytes: .number(size)
        case .created: .number(created)
        case .going: .boolean(isBeingDeleted)
        case .foreign: .boolean(isForeign)
        case .anomalies: .anomalies(anomalies)
        }
    }
}
