package import StorPool
import Text

/// Which PVE objects are counted, and whether each VM has its own series.
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

    /// Whether the object is in a cluster that `clusters` does not name. False for an object without a cluster, which
    /// may have lost its tag.
    func excludes(_ tags: Tags) -> Bool {
        !(tags.cluster ?? "").isEmpty && !includes(tags)
    }
}
