package import StorPool
import Text

/// Which PVE objects are counted, and how finely.
package struct Scope: Sendable {
    /// Values of `--pve.cluster`, compared by their bytes as the plugin does; empty means all.
    package var clusters: [String]
    /// Whether each VM has its own series.
    package var isPerVM: Bool

    package init(clusters: [String] = [], isPerVM: Bool = true) {
        self.clusters = clusters
        self.isPerVM = isPerVM
    }

    package func includes(_ tags: Tags) -> Bool {
        let cluster = tags.cluster ?? ""
        return clusters.isEmpty || clusters.contains { $0.isSame(as: cluster) }
    }

    /// Whether the object names another cluster. An object without a cluster may have lost the tag of an included one.
    func excludes(_ tags: Tags) -> Bool {
        !(tags.cluster ?? "").isEmpty && !includes(tags)
    }
}
