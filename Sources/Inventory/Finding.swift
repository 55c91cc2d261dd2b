package import ProxmoxVE
package import StorPool

/// An object that has an anomaly: what is told of it on the page, in events and in the state.
package struct Subject: Hashable, Sendable {
    /// The id Proxmox VE knows it by.
    package var globalID: String
    /// Its StorPool name.
    package var name: String
    /// Volume or snapshot.
    package var kind: ObjectKind
    /// Its type; nil when foreign.
    package var type: ObjectType?
    /// The name in the Proxmox VE database; nil when the tags encode to none.
    package var volumeName: String?
    /// Its storage; empty texts where tags are missing.
    package var place: Place
    /// Tag `pve-vm`; empty when missing.
    package var vmid: String

    /// Makes a subject by hand.
    package init(
        globalID: String, name: String, kind: ObjectKind, type: ObjectType?, volumeName: String?, place: Place,
        vmid: String
    ) {
        self.globalID = globalID
        self.name = name
        self.kind = kind
        self.type = type
        self.volumeName = volumeName
        self.place = place
        self.vmid = vmid
    }
}

/// One anomaly of one object.
package struct Finding: Hashable, Sendable {
    /// What identifies a finding from poll to poll and across restarts.
    package struct Key: Hashable, Sendable {
        /// ``Subject/globalID``.
        package var globalID: String
        /// ``Subject/kind``.
        package var kind: ObjectKind
        /// What is wrong.
        package var reason: AnomalyReason

        /// Whether all of it is the same, byte for byte.
        package static func == (left: Key, right: Key) -> Bool {
            left.reason == right.reason && left.kind == right.kind && left.globalID.isSame(as: right.globalID)
        }
    }

    /// The object.
    package var subject: Subject
    /// What is wrong.
    package var anomaly: Anomaly

    /// Makes a finding by hand.
    package init(subject: Subject, anomaly: Anomaly) {
        self.subject = subject
        self.anomaly = anomaly
    }

    /// What identifies it.
    package var key: Key {
        Key(globalID: subject.globalID, kind: subject.kind, reason: anomaly.reason)
    }

    /// Bytes of its texts, without those of the place, which all objects of a place share.
    var textBytes: Int {
        subject.globalID.utf8.count + subject.name.utf8.count + (subject.volumeName?.utf8.count ?? 0)
            + subject.vmid.utf8.count + anomaly.detail.utf8.count
    }

    /// The order of everything that shows findings: the worst first, then by global id, kind and reason.
    package static func isWorse(_ left: Finding, _ right: Finding) -> Bool {
        let (a, b) = (left.anomaly.reason, right.anomaly.reason)
        if a.severity != b.severity { return a.severity > b.severity }
        let (id, other) = (left.subject.globalID, right.subject.globalID)
        if !id.isSame(as: other) { return id.precedesByBytes(other) }
        if left.subject.kind != right.subject.kind { return left.subject.kind == .volume }
        return a.text < b.text
    }
}
