import Exposition
import Inventory
import StorPool
import System
import Testing

@testable import Exporter

@Suite("The page that is kept")
struct PageKeeperTests {
    /// Takes several steps to render.
    private static func contents(objects: Int = 2_000) -> PageContents {
        var builder = InventoryBuilder(scope: Scope())
        builder.beginList()
        for number in 0..<objects {
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

    @Test("a page that is too large replaces nothing, and says so")
    func tooLarge() throws {
        let loop = try EventLoop()
        let keeper = try PageKeeper(loop: loop, maximumBytes: 10_000)
        var failures: [PollFailure?] = []
        keeper.render(Self.contents(objects: 10)) { failure in
            failures.append(failure)
            keeper.render(Self.contents(objects: 2_000)) { failure in
                failures.append(failure)
                loop.exit(code: 0)
            }
        }
        let deadline = try loop.timer { loop.exit(code: 1) }
        deadline.arm(after: .seconds(60))
        #expect(try loop.run() == 0)
        #expect(failures.map { $0?.cause } == [nil, .tooLarge])
        #expect(failures.last??.text.contains("10000 bytes") == true)
        let page = keeper.page.chunks(.text).map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        #expect(page.contains("vmid=\"109\"") && !page.contains("vmid=\"2000\""))
    }

    @Test("a page comes though another one is asked for in every turn, and each that asked hears of it")
    func storm() throws {
        let loop = try EventLoop()
        let keeper = try PageKeeper(loop: loop)
        let contents = Self.contents()
        var (asked, told) = (0, 0)
        let turn = try loop.deferred()
        turn.handler = { [unowned turn] in
            guard asked < 200 else { return }
            asked += 1
            keeper.render(contents) { failure in
                #expect(failure == nil)
                told += 1
                if told == 1 { #expect(asked < 100, "no page in a hundred turns") }
                if told == 200 { loop.exit(code: 0) }
            }
            turn.arm()
        }
        turn.arm()
        let deadline = try loop.timer { loop.exit(code: 1) }
        deadline.arm(after: .seconds(60))
        #expect(try loop.run() == 0)
        #expect(told == 200)
    }
}
