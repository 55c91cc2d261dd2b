import StorPool
import Testing

@Suite("Token")
struct TokenTests {
    private struct Holder {
        var token: Token
        var optional: Token?
    }

    @Test("The token is never printed")
    func redacted() throws {
        let token = try Token("1234567890")
        var dumped = ""
        dump(Holder(token: token, optional: token), to: &dumped)
        dump(APIEndpoint(url: "u", token: token, tokenOrigin: "o"), to: &dumped)
        for text in [
            "\(token)", String(describing: token), String(reflecting: token), "\([token])", "\(["k": token])",
            "\(Optional(token) as Any)", "\(Holder(token: token))",
            String(reflecting: APIEndpoint(url: "u", token: token, tokenOrigin: "o")),
            dumped,
        ] {
            #expect(!text.contains("1234567890"))
        }
        #expect(Mirror(reflecting: token).children.isEmpty)
        #expect(token.authorization == "Storpool v1:1234567890")
    }

    @Test(
        "The token does not include a line end at the end of the file",
        arguments: [
            ("x", true), ("x\n", true), ("x\r\n", true), ("x\n\n", false), ("x\r", false), (" x", false), ("x ", false),
        ])
    func fromFile(_ contents: String, _ accepted: Bool) {
        #expect((try? Token(contents: Array(contents.utf8))) == (accepted ? try? Token("x") : nil))
    }

    @Test(
        "Characters that an HTTP header cannot contain are refused",
        arguments: [
            ("", TokenError.empty), ("a b", .unsendable), ("a\tb", .unsendable), ("a\r\nX: y", .unsendable),
            ("a\u{0}", .unsendable), ("\u{7F}", .unsendable), ("é", .unsendable),
        ])
    func refuses(_ text: String, _ error: TokenError) {
        #expect(throws: error) { try Token(text) }
        #expect(throws: error) { try Token(contents: Array((text + "\n").utf8)) }
    }

    @Test("A token that is not UTF-8 is refused")
    func notUTF8() {
        #expect(throws: TokenError.unsendable) { try Token(contents: [0x31, 0xFF]) }
    }

    @Test(
        "A token with a byte order mark is refused with its own error",
        arguments: [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]] as [[UInt8]])
    func byteOrderMark(_ mark: [UInt8]) {
        #expect(throws: TokenError.byteOrderMark) { try Token(contents: mark + [0x31]) }
    }

    @Test("A token over the maximum length is refused")
    func longest() throws {
        let text = String(repeating: "x", count: Bounds.tokenBytes)
        #expect(try Token(contents: Array((text + "\r\n").utf8)) == Token(text))
        #expect(throws: TokenError.tooLong) { try Token(text + "x") }
        #expect(throws: TokenError.tooLong) { try Token(contents: Array((text + "x").utf8)) }
    }

    @Test("The token is removed from error texts of the API")
    func hidden() throws {
        let token = try Token("123456")
        #expect(token.hidden(in: "no: Storpool v1:123456, 123456") == "no: Storpool v1:(the token), (the token)")
        #expect(token.hidden(in: "12345") == "12345")
        // The final digit and the combining mark form one character. A search by characters would miss the token.
        #expect(token.hidden(in: "123456\u{301} 123456") == "(the token)\u{301} (the token)")
    }
}
