import ProxmoxVE
import StorPool
import Testing

@testable import Reports

@Suite("Filters of the command list")
struct RowFilterTests {
    private static func filter(
        clusters: [String] = [], storages: [String] = [], vmids: [String] = [], types: Set<ObjectType> = [],
        onlyAnomalous: Bool = false
    ) -> RowFilter {
        var filter = RowFilter()
        filter.clusters = clusters
        filter.storages = storages
        filter.vmids = vmids
        filter.types = types
        filter.onlyAnomalous = onlyAnomalous
        return filter
    }

    @Test(
        "a row passes if it has a value of each given filter",
        arguments: [
            ("no filter", filter(), [0, 1, 2, 3]),
            ("a cluster", filter(clusters: ["prod1", "other"]), [0, 1, 3]),
            ("a storage", filter(storages: ["sp-hdd"]), []),
            ("two VMs", filter(vmids: ["104", "9"]), [0, 1, 3]),
            ("types", filter(types: [.disk, .invalid]), [0, 3]),
            ("anomalies", filter(onlyAnomalous: true), [3]),
            ("two filters", filter(vmids: ["104"], types: [.snapshot]), [1]),
        ])
    func admits(name: String, filter: RowFilter, expected: [Int]) {
        #expect(Samples.rows.indices.filter { filter.admits(Samples.rows[$0]) } == expected)
    }

    @Test("filters compare values by bytes")
    func bytes() {
        let tags = Tags(cluster: "caf\u{E9}", storage: "caf\u{E9}", vmid: "caf\u{E9}")
        #expect(Self.filter(clusters: ["caf\u{E9}"], storages: ["caf\u{E9}"], vmids: ["caf\u{E9}"]).admits(tags))
        #expect(!Self.filter(clusters: ["cafe\u{301}"]).admits(tags))
        #expect(!Self.filter(storages: ["cafe\u{301}"]).admits(tags))
        #expect(!Self.filter(vmids: ["cafe\u{301}"]).admits(tags))
    }
}
