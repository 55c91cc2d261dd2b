import Inventory
import StorPool
import Testing

@Suite("Bound on the text of a poll")
struct TextBoundTests {
    private static let long = String(repeating: "x", count: 1_000)

    /// The number of such objects that fit into 10,000 bytes; at most 100.
    private static func accepted(_ object: (String) -> StorPoolObject) -> Int {
        var builder = InventoryBuilder(scope: Scope(), textBound: 10_000)
        for number in 0..<100 {
            do throws(TooMuchText) { try builder.add(object("\(number)\(long)")) } catch {
                #expect(error.bound == 10_000)
                return number
            }
        }
        return 100
    }

    @Test(
        "the bound counts each distinct text of every field",
        arguments: [
            { Sample.volume($0) }, { Sample.volume("a.1.1", name: $0) }, { Sample.volume("a.1.1", vmid: $0) },
            { Sample.volume("a.1.1", disk: $0) }, { Sample.volume("a.1.1", cluster: $0) },
            { Sample.volume("a.1.1", storage: $0) }, { Sample.snapshot($0, of: "a.1.1") },
            { Sample.snapshot("s.1.1", of: $0) }, { Sample.snapshot("s.1.1", of: "a.1.1", $0) },
            { Sample.foreign(.volume, $0) },
        ] as [@Sendable (String) -> StorPoolObject])
    func distinct(_ object: @Sendable (String) -> StorPoolObject) {
        #expect((2...10).contains(Self.accepted(object)))
    }

    @Test("the bound does not count a repeated text")
    func repeated() {
        #expect(Self.accepted { _ in Sample.volume("a.1.1", storage: Self.long) } == 100)
    }

    @Test("the bound counts the texts of findings about compared objects")
    func comparisons() throws {
        // The volume names of the findings repeat the long tag, which the objects share.
        var builder = InventoryBuilder(scope: Scope(), textBound: 10_000)
        for number in 0..<100 {
            try builder.add(Sample.snapshot("s.1.\(number)", of: "gone.1.\(number)", "a" + Self.long))
        }
        #expect(throws: TooMuchText.self) { _ = try builder.finish() }
    }

    @Test("the bound counts the tags of a space poll")
    func space() {
        var builder = SpaceInventoryBuilder(scope: Scope(), textBound: 10_000)
        #expect(throws: TooMuchText.self) {
            for number in 0..<20 { try builder.add(Sample.volume("a.1.1", storage: "\(number)\(Self.long)")) }
        }
    }

    @Test("the bound is large enough for a million ordinary objects")
    func ordinary() throws {
        let objects = 10_000
        var builder = InventoryBuilder(scope: Scope(), textBound: TooMuchText.standardBound / (1_000_000 / objects))
        for number in 0..<objects {
            try builder.add(Sample.volume("nzkr.b.\(number)", vmid: "\(number)", disk: "0"))
        }
    }
}
