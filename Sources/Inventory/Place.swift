/// A storage of a Proxmox VE cluster. Either is empty where the tag is missing.
public struct Place: Hashable, Comparable, Sendable {
    /// Tag `pve-loc`.
    public var cluster: String
    /// Tag `pve`.
    public var storage: String

    /// Names a place.
    public init(cluster: String, storage: String) {
        self.cluster = cluster
        self.storage = storage
    }

    /// By cluster, then storage.
    public static func < (left: Place, right: Place) -> Bool {
        (left.cluster, left.storage) < (right.cluster, right.storage)
    }
}
