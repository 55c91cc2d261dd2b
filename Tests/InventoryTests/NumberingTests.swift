import TestSupport
import Testing
import Text

@testable import Inventory

@Suite("Numbering")
struct NumberingTests {
    @Test("the numbering gives only equal values the same number")
    func numbers() {
        var numbering = Numbering<ExactString>()
        let odd = ["", "\u{E9}", "e\u{301}", "a\0b", String(repeating: "x", count: 70_000)]
        let texts = ((0..<1000).map { "vm-\($0)" } + odd).map { ExactString($0) }
        let first = texts.map { numbering.number(of: $0) }
        #expect(first == Array(0..<UInt32(texts.count)))
        #expect(texts.map { numbering.number(of: $0) } == first)
        #expect(first.map { numbering[$0] } == texts)
    }

    @Test("the numbering does not find appended values again")
    func appended() {
        var numbering = Numbering<Int>()
        #expect([numbering.append(7), numbering.number(of: 7), numbering.number(of: 7)] == [0, 1, 1])
        #expect(numbering.values == [7, 7])
    }

    @Test("the numbering counts the bytes of new strings")
    func bytes() {
        var numbering = Numbering<ExactString>()
        var bytes = 0
        for text in ["abc", "\u{E9}", "abc", "\u{E9}", ""] {
            _ = numbering.number(of: text, countingBytesIn: &bytes)
        }
        #expect(bytes == 5 + 3 * TooMuchText.overhead)
    }

    @Test("the numbering ranks values in sorted order")
    func ranks() {
        var numbering = Numbering<ExactString>()
        for text in ["9", "10", "", "100", "1"] { _ = numbering.number(of: ExactString(text)) }
        #expect(numbering.ranks == [4, 2, 0, 3, 1])
    }
}
