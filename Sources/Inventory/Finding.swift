package import ProxmoxVE
package import StorPool
package import Text

/// The object that has an anomaly.
package struct Subject: Hashable, Sendable {
    /// The id that Proxmox VE uses.
    package var globalID: String
    /// The StorPool name.
    package var name: String
    package var kind: ObjectKind
    /// nil if the object is foreign.
    package var type: ObjectType?
    /// nil if the object is foreign or the plugin's encoder refuses it.
    package var volumeName: String?
    package var storageKey: StorageKey
    /// Tag `pve-vm`; empty if missing.
    package var vmid: String

    package init(
        globalID: String, name: String, kind: ObjectKind, type: ObjectType?, volumeName: String?,
        storageKey: StorageKey, vmid: String
    ) {
        self.globalID = globalID
        self.name = name
        self.kind = kind
        self.type = type
        self.volumeName = volumeName
        self.storageKey = storageKey
        self.vmid = vmid
    }

    /// - Parameter storageKey: the storage in the object's tags; nil to read it from the tags.
    package init(_ object: StorPoolObject, _ type: ObjectType?, on storageKey: StorageKey? = nil) {
        self.init(
            globalID: object.proxmoxID, name: object.name, kind: object.kind, type: type,
            volumeName: type == nil ? nil : VolumeName.encode(object),
            storageKey: storageKey ?? StorageKey(object.tags), vmid: object.tags.vmid ?? "")
    }
}

/// One anomaly of one object.
package struct Finding: Hashable, Sendable {
    /// Identifies a finding from poll to poll and across restarts.
    package struct Key: Hashable, Sendable {
        package var globalID: ExactString
        package var kind: ObjectKind
        package var reason: AnomalyReason
    }

    package var subject: Subject
    package var anomaly: Anomaly

    package init(subject: Subject, anomaly: Anomaly) {
        self.subject = subject
        self.anomaly = anomaly
    }

    package var key: Key {
        Key(globalID: ExactString(subject.globalID), kind: subject.kind, reason: anomaly.reason)
    }

    /// Bytes of the strings, without the names of the storage and its cluster. Those are counted only once for all
    /// findings.
    var textBytes: Int {
        subject.globalID.utf8.count + subject.name.utf8.count + (subject.volumeName?.utf8.count ?? 0)
            + subject.vmid.utf8.count + anomaly.detail.utf8.count
    }

    /// The order of all outputs: worst severity first, then global id, kind and reason. Findings with different keys
    /// never compare as equal.
    package static func isWorse(_ left: Finding, _ right: Finding) -> Bool {
        let (a, b) = (left.anomaly.reason, right.anomaly.reason)
        if a.severity != b.severity { return a.severity > b.severity }
        let (id, other) = (left.subject.globalID, right.subject.globalID)
        if !id.isSame(as: other) { return id.precedesByBytes(other) }
        if left.subject.kind != right.subject.kind { return left.subject.kind == .volume }
        return a.text < b.text
    }
}
