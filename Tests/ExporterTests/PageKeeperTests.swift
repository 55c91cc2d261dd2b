import EventLoop
import Exposition
import Inventory
import StorPoolObjects
import Testing

@testable import Exporter

@Suite("The page that is kept")
struct PageKeeperTests {
    /// Takes several steps to render.
    private static func contents() -> PageContents {
        var builder = InventoryBuilder(scope: Scope())
        builder.beginList()
        for number in 0..<2_000 {
            builder.add(
                StorPoolObject(
                    kind: .volume, name: "~a.b.\(number)", globalID: "a.b.\(number)", size: 1,
                    tags: Tags(
                        virt: "pve", cluster: "lab", storage: "sp", contentType: "images", vmid: "\(number + 100)",
                        disk: "0")))
        }
        return PageContents(
            inventory: builder.finishing().run(), space: nil, templates: [], known: [], anomalyCounts: [:],
            anomalySeries: 0)
    }

    @Test("a page comes though another one is asked for in every turn, and each that asked hears of it")
    func storm() throws {
        let loop = try EventLoop()
        let keeper = try PageKeeper(loop: loop)
        let contents = Self.contents()
        var (asked, told) = (0, 0)
        var turn: DeferredSource?
        turn = try loop.deferred {
            guard asked < 200 else { return }
            asked += 1
            keeper.render(contents) {
                told += 1
                if told == 1 { #expect(asked < 100, "no page in a hundred turns") }
                if told == 200 { loop.exit(code: 0) }
            }
            turn?.arm()
        }
        // It holds itself: what it calls arms it.
        defer { turn = nil }
        turn?.arm()
        let deadline = try loop.timer { loop.exit(code: 1) }
        deadline.arm(after: .seconds(60))
        #expect(try loop.run() == 0)
        #expect(told == 200)
    }
}
