/// Which of the two lists an object came in; the plugin's `snapshot` flag is not consulted for it.
package enum ObjectKind: UInt8, Sendable, Hashable, CaseIterable {
    case volume
    case snapshot

    /// The word of the output formats: `volume` or `snapshot`.
    package var text: String {
        switch self {
        case .volume: "volume"
        case .snapshot: "snapshot"
        }
    }
}

/// A volume or snapshot as one poll read it: the fields that anything after the poll looks at, and no other.
///
/// Only `name`, `globalID` and `size` are certain; an element without them is malformed and never becomes an object.
/// Texts are as received: no pattern of the StorPool API is enforced on them.
package struct StorPoolObject: Sendable, Equatable {
    /// The list it came in.
    package let kind: ObjectKind
    /// The StorPool name: `~` and the original global id when unnamed, never empty.
    package let name: String
    /// `globalId`, never empty. A volume's may have changed since it got its name, by a revert to a snapshot.
    package let globalID: String
    /// Whether the name is `~` and a global id.
    package let isUnnamed: Bool
    /// The id Proxmox VE knows the object by: a snapshot's `globalId`; a volume's name without `~` when unnamed, because
    /// its `globalId` may have changed by a revert; else `globalId`.
    package let proxmoxID: String
    /// `size`, in bytes.
    package var size: UInt64
    /// `creationTimestamp`, in Unix seconds; nil when absent, 0 or not a non-negative integer. Never 0.
    package let created: UInt64?
    /// `deleted`: deletion is in progress.
    package var isDeleted: Bool
    /// `transient`: an internal snapshot made while cloning.
    package var isTransient: Bool
    /// `targetDeleteDate`: when StorPool will delete the snapshot, in Unix seconds; nil when that is not scheduled. Never 0.
    package let deletionDate: UInt64?
    /// `storedSize`, in bytes, of the space calls only.
    package var storedSize: UInt64?
    /// `spaceUsed`, in bytes, of the space calls only: means different things for volumes and snapshots.
    package var spaceUsed: UInt64?
    /// The tags that the plugin reads.
    package var tags: Tags

    /// Makes an object by hand, as tests and the reader do.
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

    /// The part of a name, without a new text when that is what the object is called anyway.
    private static func id(of name: String, _ range: Range<Int>, ifNot globalID: String) -> String {
        let (bytes, id) = (name.utf8.span, globalID.utf8.span)
        let isSame = id.count == range.count && id.indices.allSatisfy { id[$0] == bytes[range.lowerBound + $0] }
        if isSame { return globalID }
        return String(Substring(name.utf8.dropFirst().prefix(range.count)))
    }

    /// Whether the snapshot is being deleted: `deleted`, `transient`, or its name starts with `*`. False for volumes.
    package var isGoing: Bool {
        kind == .snapshot && (isDeleted || isTransient || isNamedAsDeleted)
    }

    /// Whether the name starts with `*`, the only mark by which the plugin's look-ups skip a snapshot.
    package var isNamedAsDeleted: Bool {
        kind == .snapshot && name.utf8.first == UInt8(ascii: "*")
    }
}
