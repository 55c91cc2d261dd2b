package import StorPool
import Text

/// A storage of a Proxmox VE cluster. Both names are compared by bytes, and are empty if the tag is missing.
package struct StorageKey: Hashable, Comparable, Sendable {
    /// Tag `pve-loc`.
    package var cluster: String
    /// Tag `pve`.
    package var storage: String

    package init(cluster: String, storage: String) {
        (self.cluster, self.storage) = (cluster, storage)
    }

    package init(_ tags: Tags) {
        self.init(cluster: tags.cluster ?? "", storage: tags.storage ?? "")
    }

    package static func == (left: StorageKey, right: StorageKey) -> Bool {
        left.storage.isSame(as: right.storage) && left.cluster.isSame(as: right.cluster)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactString(cluster))
        hasher.combine(ExactString(storage))
    }

    /// By cluster, then storage.
    package static func < (left: StorageKey, right: StorageKey) -> Bool {
        if !left.cluster.isSame(as: right.cluster) { return left.cluster.precedesByBytes(right.cluster) }
        return left.storage.precedesByBytes(right.storage)
    }
}
