import TestSupport
import Testing
import Text

@Suite("Exact strings")
struct ExactStringTests {
    @Test(
        "exact strings differ if only Unicode treats them as equal",
        arguments: [("\u{E9}", "e\u{301}"), ("\u{212B}", "A\u{30A}"), ("\u{212A}xx", "Kxxxx"), (";", "\u{37E}")])
    func equivalent(_ left: String, _ right: String) {
        #expect(ExactString(left) != ExactString(right))
        #expect(Set([ExactString(left), ExactString(right)]).count == 2)
        #expect(ExactString(left) == ExactString(String(left)))
    }

    @Test("exact strings are compared by their UTF-8 bytes")
    func order() {
        var random = Seeded(3)
        let scalars = Array("\0aAbz~\u{E9}e\u{301}\u{212A}\u{FFFD}\u{10000}\r\n".unicodeScalars)
        func text() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                text.unicodeScalars.append(scalars.randomElement(using: &random) ?? "a")
            }
            return text
        }
        for _ in 0..<3_000 {
            let (left, right) = (text(), text())
            let (bytes, others) = (Array(left.utf8), Array(right.utf8))
            #expect((ExactString(left) == ExactString(right)) == (bytes == others))
            #expect((ExactString(left) < ExactString(right)) == bytes.lexicographicallyPrecedes(others))
            #expect(left.isSame(as: left) && !left.precedesByBytes(left))
        }
    }
}
