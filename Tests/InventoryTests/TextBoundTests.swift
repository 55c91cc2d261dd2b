import Inventory
import StorPool
import Testing

@Suite("The bound on the text of a poll")
struct TextBoundTests {
    private static let long = String(repeating: "x", count: 1_000)

    /// How many of these objects a builder takes before it holds more than 10,000 bytes, at most 100.
    private static func taken(_ object: (String) -> StorPoolObject) -> Int {
        var builder = InventoryBuilder(scope: Scope(), textBound: TextBound(bytes: 10_000))
        builder.beginList()
        for number in 0..<100 {
            builder.add(object("\(number)\(long)"))
            if builder.exceedsTextBound { return number }
        }
        return 100
    }

    @Test(
        "counts each distinct text, whatever its field",
        arguments: [
            { Sample.volume($0) }, { Sample.volume("a.1.1", name: $0) }, { Sample.volume("a.1.1", vmid: $0) },
            { Sample.volume("a.1.1", disk: $0) }, { Sample.volume("a.1.1", cluster: $0) },
            { Sample.volume("a.1.1", storage: $0) }, { Sample.snapshot($0, of: "a.1.1") },
            { Sample.snapshot("s.1.1", of: $0) }, { Sample.snapshot("s.1.1", of: "a.1.1", $0) },
            { Sample.foreign(.volume, $0) },
        ] as [@Sendable (String) -> StorPoolObject])
    func distinct(_ object: @Sendable (String) -> StorPoolObject) {
        #expect((2...10).contains(Self.taken(object)))
    }

    @Test("does not count a text again")
    func repeated() {
        #expect(Self.taken { _ in Sample.volume("a.1.1", storage: Self.long) } == 100)
    }

    @Test("counts the texts of anomalies that compare objects")
    func comparisons() {
        // The names of the volumes in Proxmox VE repeat the long tag, which the objects share.
        var builder = InventoryBuilder(scope: Scope(), textBound: TextBound(bytes: 10_000))
        builder.beginList()
        for number in 0..<100 { builder.add(Sample.snapshot("s.1.\(number)", of: "gone.1.\(number)", "a" + Self.long)) }
        #expect(!builder.exceedsTextBound)
        var finishing = builder.finishing()
        while finishing.advance(), !finishing.exceedsTextBound {}
        #expect(finishing.exceedsTextBound)
    }

    @Test("is that of the list alone when it begins anew")
    func restart() {
        var builder = InventoryBuilder(scope: Scope(), textBound: TextBound(bytes: 10_000))
        builder.beginList()
        // Each has an anomaly, whose texts go with the list.
        for number in 0..<20 { builder.add(Sample.volume("a.1.\(number)", name: "named")) }
        let before = builder.textBytes
        builder.restartList()
        #expect(builder.textBytes < before)
    }

    @Test("counts the tags of a space poll")
    func space() {
        var builder = SpaceInventoryBuilder(scope: Scope(), textBound: TextBound(bytes: 10_000))
        builder.beginList()
        for number in 0..<20 { builder.add(Sample.volume("a.1.1", storage: "\(number)\(Self.long)")) }
        #expect(builder.exceedsTextBound)
    }

    @Test("leaves room for a million ordinary objects")
    func ordinary() {
        var builder = InventoryBuilder(scope: Scope())
        builder.beginList()
        let objects = 10_000
        for number in 0..<objects {
            builder.add(Sample.volume("nzkr.b.\(number)", vmid: "\(number)", disk: "Bad"))
        }
        #expect(builder.textBytes * 1_000_000 / objects < TextBound.standard.bytes)
    }
}
