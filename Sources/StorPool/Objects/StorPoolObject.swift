/// The kind of the list that contains the object. The object's JSON member `snapshot` is ignored.
package enum ObjectKind: UInt8, Sendable, Hashable, CaseIterable {
    case volume
    case snapshot

    package var text: String {
        switch self {
        case .volume: "volume"
        case .snapshot: "snapshot"
        }
    }
}

/// A volume or snapshot. Strings are as received, without validation.
package struct StorPoolObject: Sendable, Equatable {
    package let kind: ObjectKind
    /// The StorPool name, never empty. For an unnamed object it is `~` and the original global id.
    package let name: String
    /// `globalId`, never empty. A revert to a snapshot changes the `globalId` of a volume.
    package let globalID: String
    /// Whether the name is `~` and a global id.
    package let isUnnamed: Bool
    /// The id that Proxmox VE uses. For an unnamed volume it is the name without `~`, otherwise `globalId`.
    package let proxmoxID: String
    /// `size`, in bytes.
    package var size: UInt64
    /// `creationTimestamp` in Unix seconds. Nil if it is absent, 0 or not a valid integer.
    package let created: UInt64?
    /// `deleted`: deletion has started.
    package var isDeleted: Bool
    /// `transient`: an internal snapshot of a clone operation.
    package var isTransient: Bool
    /// `targetDeleteDate`: when StorPool will delete the snapshot, in Unix seconds. Nil if no deletion is scheduled.
    package let deletionDate: UInt64?
    /// `storedSize` in bytes, only in replies to the space calls.
    package var storedSize: UInt64?
    /// `spaceUsed` in bytes, only in replies to the space calls. For a snapshot: what deleting only this snapshot would
    /// free.
    package var spaceUsed: UInt64?
    package var tags: Tags

    package init(
        kind: ObjectKind, name: String, globalID: String, size: UInt64, created: UInt64? = nil, isDeleted: Bool = false,
        isTransient: Bool = false, deletionDate: UInt64? = nil, storedSize: UInt64? = nil, spaceUsed: UInt64? = nil,
        tags: Tags = Tags()
    ) {
        self.kind = kind
        self.name = name
        self.globalID = globalID
        let range = GlobalID.range(inName: name)
        isUnnamed = range != nil
        if kind == .volume, let range {
            proxmoxID = Self.id(of: name, range, ifNot: globalID)
        } else {
            proxmoxID = globalID
        }
        self.size = size
        self.created = created == 0 ? nil : created
        self.isDeleted = isDeleted
        self.isTransient = isTransient
        self.deletionDate = deletionDate == 0 ? nil : deletionDate
        self.storedSize = storedSize
        self.spaceUsed = spaceUsed
        self.tags = tags
    }

    /// Returns the id in a name. If it equals `globalID`, returns `globalID`, to save an allocation.
    private static func id(of name: String, _ range: Range<Int>, ifNot globalID: String) -> String {
        let (bytes, id) = (name.utf8.span, globalID.utf8.span)
        let isSame = id.count == range.count && id.indices.allSatisfy { id[$0] == bytes[range.lowerBound + $0] }
        if isSame { return globalID }
        return String(Substring(name.utf8.dropFirst().prefix(range.count)))
    }

    /// Whether the object is a snapshot that is being deleted.
    package var isGoing: Bool {
        kind == .snapshot && (isDeleted || isTransient || isNamedAsDeleted)
    }

    /// Whether the object is a snapshot whose name starts with `*`. When the plugin searches for a snapshot, it ignores
    /// these, but not other snapshots that are being deleted.
    package var isNamedAsDeleted: Bool {
        kind == .snapshot && name.utf8.first == UInt8(ascii: "*")
    }
}
