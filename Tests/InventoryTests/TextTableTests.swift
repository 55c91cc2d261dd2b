import Testing

@testable import Inventory

@Suite("A table of texts")
struct TextTableTests {
    /// Where a table keeps the texts: what it says of itself to a debugger, for the program has no use for it.
    private func slots(of table: TextTable) throws -> [TextTable.Index] {
        let child = try #require(Mirror(reflecting: table).children.first { $0.label == "slots" })
        return try #require(child.value as? [TextTable.Index])
    }

    @Test("gives equal texts the same number, and others another")
    func numbers() {
        var table = TextTable()
        let odd = ["", "é", "e\u{301}", "a\0b", String(repeating: "x", count: 70_000)]
        let texts = (0..<1000).map { "vm-\($0)" } + odd
        let first = texts.map { table.insert($0) }
        let again = texts.map { table.insert($0) }
        #expect(first == again)
        #expect(Set(first).count == texts.count)
        #expect(first.map { table[$0] } == texts)
    }

    @Test("keeps the same texts in other places than another table: nobody can choose texts that collide")
    func places() throws {
        var tables = [TextTable(), TextTable(), TextTable()]
        for number in 0..<100 {
            for table in tables.indices { _ = tables[table].insert("nzkr.b.\(number)") }
        }
        #expect(try Set(tables.map(slots)).count == tables.count)
    }
}
