import Foundation
import JSONStream
import TestSupport
import Testing
import Text

@Suite("Written JSON")
struct JSONWriterTests {
    private static func parsed(_ writer: JSONWriter) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(writer.text.utf8), options: .fragmentsAllowed)
    }

    @Test("written JSON has commas and colons in the right places")
    func structure() {
        var writer = JSONWriter()
        writer.object { object in
            object.member("text", "x")
            object.member("none", nil as String?)
            object.member("number", 7)
            object.member("noNumber", nil as UInt64?)
            object.member("yes", true)
            object.name("list")
            object.array { array in
                array.value("a")
                array.value(false)
                array.value(1 as UInt64?)
                array.array { _ in }
                array.object { $0.member("b", "c") }
                array.object { _ in }
            }
            object.member("last", false)
        }
        #expect(
            writer.text
                == #"{"text":"x","none":null,"number":7,"noNumber":null,"yes":true,"#
                + #""list":["a",false,1,[],{"b":"c"},{}],"last":false}"#)
    }

    @Test(
        "parsing the written JSON restores the string",
        arguments: [
            "", "plain", "\"", "\\", "\\\"", "/", "\n\r\t\u{8}\u{C}", "\0", "\u{1}\u{F}\u{10}\u{1F}\u{7F}", "é€😀",
            "\u{2028}\u{2029}\u{FEFF}", "\u{85}\u{A0}", "e\u{301}", "</script>", "\r\n", "\\u0041",
            "\u{10FFFF}\u{FFFF}",
        ])
    func texts(_ text: String) throws {
        var writer = JSONWriter()
        writer.array { array in
            array.value(text)
            array.object { $0.member(text, text) }
        }
        let list = try #require(try Self.parsed(writer) as? [Any])
        let value = try #require(list.first as? String)
        #expect(Array(value.utf8) == Array(text.utf8))
        let member = try #require(list.last as? [String: String])
        #expect(member.map { Array($0.key.utf8) } == [Array(text.utf8)])
        #expect(member.values.map { Array($0.utf8) } == [Array(text.utf8)])
        #expect(writer.text.unicodeScalars.allSatisfy { $0.isPrintable })
    }

    @Test("written JSON has escapes instead of unprintable characters")
    func escapes() {
        var writer = JSONWriter()
        writer.value("\u{1B}\u{7F}\u{9B}\u{202E}\u{2028}\u{E0001}😀")
        #expect(writer.text == #""\u001b\u007f\u009b\u202e\u2028\udb40\udc01😀""#)
    }

    @Test("written JSON is parsed as the random string that was written")
    func random() throws {
        var random = Seeded(8259)
        for _ in 0..<2_000 {
            let text = RandomJSON.text(&random)
            var writer = JSONWriter()
            writer.value(text)
            let value = try #require(try Self.parsed(writer) as? String)
            #expect(Array(value.utf8) == Array(text.utf8))
            #expect(Reading(writer.text).tokens == ["s:" + text])
        }
    }

    @Test("written JSON keeps all 64 bits of an integer", arguments: [0, 1, 1 << 53 + 1, UInt64.max] as [UInt64])
    func integers(_ value: UInt64) {
        var writer = JSONWriter()
        writer.value(value)
        #expect(writer.text == "\(value)")
        #expect(Reading(writer.text).tokens == ["n:\(value)=\(value)"])
    }
}
