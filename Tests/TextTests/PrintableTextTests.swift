import Testing
import Text

@Suite("Printable text")
struct PrintableTextTests {
    @Test(
        "printable text in any script stays unchanged",
        arguments: ["", "vm-104-disk-0", "проба 日本 e\u{301} 😀", "naïve «x» \u{A0}", #"C:\dir "q""#])
    func unchanged(_ text: String) {
        #expect(text.printable() == text)
    }

    @Test(
        "unprintable characters are replaced by code points",
        arguments: [
            ("a\nb\r\n", #"a\u{A}b\u{D}\u{A}"#), ("\u{1B}[31m", #"\u{1B}[31m"#), ("\0\t\u{7F}", #"\u{0}\u{9}\u{7F}"#),
            ("\u{80}\u{9B}2J\u{9F}", #"\u{80}\u{9B}2J\u{9F}"#), ("\u{202E}x\u{2066}", #"\u{202E}x\u{2066}"#),
            ("\u{200B}\u{FEFF}\u{AD}", #"\u{200B}\u{FEFF}\u{AD}"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
            ("\u{E000}\u{10FFFF}", #"\u{E000}\u{10FFFF}"#), ("\u{E0041}", #"\u{E0041}"#),
        ])
    func escaped(_ text: String, _ shown: String) {
        #expect(text.printable() == shown)
    }

    @Test("printable text contains no control character")
    func everyScalar() {
        // All characters of the Basic Multilingual Plane and a sample of the others.
        for value in Array(UInt32(0)...0xFFFF) + Array(stride(from: 0x1_0000, through: 0x10_FFFF, by: 61)) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = String(scalar).printable().unicodeScalars
            #expect(shown.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        }
    }

    @Test("long text is truncated between characters")
    func limited() {
        #expect("abcdef".printable(limit: 6) == "abcdef")
        #expect("abcdefg".printable(limit: 6) == "abcdef…")
        #expect("ééé".printable(limit: 5) == "éé…")
        #expect("a\nb".printable(limit: 5) == "a…")
        #expect(String(repeating: "\u{9B}", count: 100_000).printable(limit: 100).utf8.count <= 103)
    }
}
