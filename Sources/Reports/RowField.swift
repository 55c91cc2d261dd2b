import ProxmoxVE
import StorPool

/// The columns of the formats for programs, with their stable names.
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

/// What a field holds.
enum FieldValue {
    case text(String?)
    case number(UInt64?)
    case truth(Bool)
    case anomalies([Anomaly])
}

extension Row {
    /// What the row has in a column.
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
        case .going: .truth(isGoing)
        case .foreign: .truth(isForeign)
        case .anomalies: .anomalies(anomalies)
        }
    }
}
