import Inventory
import StorPool
import Testing

@Suite("Text limit of a poll")
struct TextBoundTests {
    private static let long = String(repeating: "x", count: 1_000)

    /// The number of objects that can be added with a limit of 10,000 bytes; at most 100.
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
        "the text limit counts each distinct string of every field",
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

    @Test("the text limit counts a repeated string only once")
    func repeated() {
        #expect(Self.accepted { _ in Sample.volume("a.1.1", storage: Self.long) } == 100)
    }

    @Test("the text limit counts strings in findings of comparisons")
    func comparisons() throws {
        // The objects share one long tag, but the volume name of each finding contains it.
        var builder = InventoryBuilder(scope: Scope(), textBound: 10_000)
        for number in 0..<20 {
            try builder.add(Sample.snapshot("s.1.\(number)", of: "gone.1.\(number)", "a" + Self.long))
        }
        #expect(throws: TooMuchText.self) { _ = try builder.finish() }
    }

    @Test("the text limit counts 64 bytes more for each string", arguments: [("~", 5_000), ("name of ", 10_000)])
    func overhead(prefix: String, bound: Int) {
        var builder = InventoryBuilder(scope: Scope(), textBound: bound)
        #expect(throws: TooMuchText.self) {
            for number in 0..<100 {
                let id = "s.1.\(number)"
                try builder.add(Sample.snapshot(id, of: "a.1.1", name: prefix + id))
            }
        }
    }

    @Test("the text limit counts the tags in a space poll")
    func space() {
        var builder = SpaceInventoryBuilder(scope: Scope(), textBound: 10_000)
        #expect(throws: TooMuchText.self) {
            for number in 0..<20 { try builder.add(Sample.volume("a.1.1", storage: "\(number)\(Self.long)")) }
        }
    }

    @Test("the text limit allows a million ordinary objects")
    func ordinary() throws {
        let objects = 10_000
        var builder = InventoryBuilder(scope: Scope(), textBound: TooMuchText.standardBound / (1_000_000 / objects))
        for number in 0..<objects {
            try builder.add(Sample.volume("nzkr.b.\(number)", vmid: "\(number)", disk: "0"))
        }
    }
}
