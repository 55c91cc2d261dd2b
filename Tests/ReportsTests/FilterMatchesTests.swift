import StorPool
import Testing

@testable import Reports

@Suite("Filter values that match nothing")
struct FilterMatchesTests {
    private static func problems(
        clusters: [String] = [], storages: [String] = [], vmids: [String] = [], isEmpty: Bool = false, _ tags: [Tags]
    ) -> [String] {
        var filter = RowFilter()
        (filter.clusters, filter.storages, filter.vmids) = (clusters, storages, vmids)
        var matches = FilterMatches(filter)
        for tags in tags { matches.note(tags) }
        return matches.problems(isEmpty: isEmpty)
    }

    private static let tags = [
        Tags(cluster: "prod1", storage: "nvme", vmid: "1000"), Tags(cluster: "lab", storage: "hdd", vmid: "104"),
        Tags(),
    ]

    @Test("filters with known values give no message")
    func found() {
        #expect(Self.problems(isEmpty: true, Self.tags) == [])
        #expect(Self.problems(clusters: ["lab", "prod1"], storages: ["hdd"], vmids: ["104"], Self.tags) == [])
    }

    @Test("a message names the unknown value and the known values")
    func missing() {
        #expect(
            Self.problems(clusters: ["prod", "lab"], vmids: ["999"], isEmpty: true, Self.tags) == [
                "--cluster \"prod\" matches nothing: no object has the tag pve-loc \"prod\"; known: lab, prod1",
                "--vmid \"999\" matches nothing: no object has the tag pve-vm \"999\"; known: 104, 1000",
            ])
        #expect(
            Self.problems(storages: ["x"], isEmpty: true, []) == [
                "--storage \"x\" matches nothing: no object has the tag pve \"x\"; no object has this tag at all"
            ])
    }

    @Test("values that only exist on different objects match nothing")
    func combination() {
        #expect(
            Self.problems(clusters: ["lab"], vmids: ["1000"], isEmpty: true, Self.tags) == [
                "no object matches --cluster and --vmid together: each value exists, but only on different objects"
            ])
    }

    @Test("filter values are compared by bytes")
    func bytes() {
        let tags = [Tags(cluster: "caf\u{E9}")]
        #expect(Self.problems(clusters: ["caf\u{E9}"], tags) == [])
        #expect(Self.problems(clusters: ["cafe\u{301}"], tags).count == 1)
    }

    @Test("a message lists only some of many known values")
    func bounded() {
        var numbers = KnownValues()
        for number in 1...1000 { numbers.insert(String(number)) }
        #expect(numbers.text.hasSuffix(", 19, 20 and 980 more"))
        var long = KnownValues()
        long.insert("x" + String(repeating: "\u{301}", count: 5000))
        #expect(long.text.utf8.count < 200)
    }
}
