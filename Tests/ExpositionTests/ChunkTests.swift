import Exposition
import Inventory
import ProxmoxVE
import StorPool
import Testing

@Suite("Pages of many series")
struct ChunkTests {
    private static func contents(_ count: Int, changed: Int? = nil, without: Int? = nil) -> PageContents {
        PageContents(
            (0..<count).filter { $0 != without }.map { number in
                Sample.volume("a.\(number).1", vmid: String(100 + number), size: number == changed ? 77 : 1024)
            })
    }

    /// How many of a page's chunks of samples are objects of another page, and how many there are.
    private static func shared(_ page: ObjectsPage, with other: ObjectsPage) -> (shared: Int, all: Int) {
        let old = Set(other.chunks(.text).map(ObjectIdentifier.init))
        let samples = page.chunks(.text).filter { $0.bytes.first != 0x23 }
        return (samples.count { old.contains(ObjectIdentifier($0)) }, samples.count)
    }

    @Test("have every series, each once, in pieces of whole lines")
    func complete() {
        let page = Self.contents(10_000).page()
        let samples = page.samples("storpool_pve_objects")
        #expect(samples.count == 10_000)
        #expect(Set(samples).count == 10_000)
        #expect(page.samples("storpool_pve_provisioned_bytes").count == 10_000)
        #expect(page.chunks(.text).count > 20)
        for chunk in page.chunks(.text) {
            #expect(chunk.bytes.last == 0x0A)
            #expect(chunk.bytes.count < 256 << 10)
        }
        #expect(PageReader(page.text(), .text).problems == [])
        #expect(PageReader(page.text(.openMetrics), .openMetrics).problems == [])
    }

    @Test("end where the page becomes larger than it may be")
    func tooLarge() {
        let contents = Self.contents(10_000)
        func isTooLarge(_ maximumBytes: Int) -> (Bool, steps: Int) {
            var renderer = PageRenderer(contents, previous: nil, maximumBytes: maximumBytes)
            var steps = 1
            while renderer.advance() { steps += 1 }
            return (renderer.isTooLarge, steps)
        }
        let whole = isTooLarge(10 << 20)
        let cut = isTooLarge(100_000)
        #expect(!whole.0 && cut.0)
        #expect(cut.steps < 5 && whole.steps > 20)
    }

    @Test("are cut where labels are long")
    func longLabels() {
        let long = String(repeating: "x", count: 60_000)
        let page = PageContents((0..<100).map { Sample.volume("a.\($0).1", vmid: "\($0)\(long)") }).page()
        for chunk in page.chunks(.text) { #expect(chunk.bytes.count < 2 << 20) }
        #expect(page.samples("storpool_pve_objects").count == 100)
    }

    @Test("share every chunk when nothing changed")
    func unchanged() {
        let contents = Self.contents(3_000)
        let first = contents.page()
        let second = contents.page(after: first)
        let (shared, all) = Self.shared(second, with: first)
        #expect(shared == all)
        #expect(all > 10)
        #expect(second.text() == first.text())
    }

    @Test("share most chunks when one VM changed, came or went")
    func oneChanged() {
        let first = Self.contents(10_000).page()
        for contents in [
            Self.contents(10_000, changed: 5_000), Self.contents(10_000, without: 5_000),
            Self.contents(10_000, without: 0), Self.contents(10_001),
        ] {
            let second = contents.page(after: first)
            let (shared, all) = Self.shared(second, with: first)
            #expect(shared >= all - 6, "\(shared) of \(all)")
            #expect(shared < all)
            #expect(second.text() == contents.page().text())
        }
    }

    @Test("take over what was derived from the bytes, and only from the same bytes")
    func derived() {
        final class Mark {}
        let first = Self.contents(2_000).page()
        for chunk in first.chunks(.text) { chunk.derived = Mark() }
        let second = Self.contents(2_000, changed: 7).page(after: first)
        let bytes = Dictionary(first.chunks(.text).map { (ObjectIdentifier($0), $0.bytes) }) { first, _ in first }
        for chunk in second.chunks(.text) {
            #expect((chunk.derived != nil) == (bytes[ObjectIdentifier(chunk)] != nil))
            if let old = bytes[ObjectIdentifier(chunk)] { #expect(old == chunk.bytes) }
        }
    }

    @Test("are the same whether rendered in steps or at once")
    func steps() {
        let contents = Self.contents(2_000)
        #expect(PageRenderer(contents, previous: nil).run().text() == contents.page().text())
        var renderer = PageRenderer(contents, previous: nil)
        _ = renderer.advance()
        #expect(renderer.run().text() == contents.page().text())
    }

    @Test("after a page of nothing, and back to nothing")
    func fromAndToNothing() {
        let contents = Self.contents(100)
        let page = contents.page(after: .empty)
        #expect(page.text() == contents.page().text())
        #expect(PageContents().page(after: page).text() == PageContents().page().text())
    }
}
