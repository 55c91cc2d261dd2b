package import StorPool

/// Which objects of Proxmox VE the administrator asked for, and how finely they are counted.
package struct Scope: Sendable {
    /// The Proxmox VE clusters asked for; empty: all.
    package var clusters: [String]
    /// Whether each VM has its own series.
    package var isPerVM: Bool

    /// By default all clusters, VM by VM.
    package init(clusters: [String] = [], isPerVM: Bool = true) {
        self.clusters = clusters
        self.isPerVM = isPerVM
    }

    /// Whether the object's cluster is one of those asked for, byte for byte, as the plugin compares it. An object without
    /// a cluster is in none of them.
    package func includes(_ tags: Tags) -> Bool {
        let cluster = tags.cluster ?? ""
        return clusters.isEmpty || clusters.contains { $0.isSame(as: cluster) }
    }

    /// Whether nothing at all is said of the object: it names a cluster, and that is not one of those asked for.
    func isElsewhere(_ tags: Tags) -> Bool {
        !(tags.cluster ?? "").isEmpty && !includes(tags)
    }
}
