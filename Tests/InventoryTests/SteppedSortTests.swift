import Testing

@testable import Inventory

@Suite("Sorting in steps")
struct SteppedSortTests {
    @Test(
        "comes to the order of the standard library, equals in their order",
        arguments: [0, 1, 255, 256, 257, 512, 3_000, 20_000])
    func sorts(_ count: Int) {
        var random = SystemRandomNumberGenerator()
        let elements = (0..<count).map { (key: Int.random(in: 0..<(count / 3 + 1), using: &random), place: $0) }
        var sort = SteppedSort(elements) { $0.key < $1.key }
        while sort.advance() {}
        let expected = elements.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
        #expect(sort.sorted.map(\.place) == expected.map(\.place))
    }

    @Test("takes many small steps")
    func steps() {
        var comparisons = 0
        var most = 0
        var sort = SteppedSort((0..<10_000).reversed().map { $0 }) {
            comparisons += 1
            return $0 < $1
        }
        var more = true
        while more {
            comparisons = 0
            more = sort.advance()
            most = max(most, comparisons)
        }
        #expect(most <= 4096)
    }
}
