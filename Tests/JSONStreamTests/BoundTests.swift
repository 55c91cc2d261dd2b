import JSONStream
import TestSupport
import Testing

@Suite("Limits of the JSON reader")
struct BoundTests {
    private static let depth = JSONReader.maximumDepth
    private static let length = JSONReader.maximumTextLength

    private static func nested(_ open: String, _ close: String, _ depth: Int, inner: String = "") -> [UInt8] {
        Array((String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
    }

    @Test("containers nested to the maximum depth are read", arguments: [("[", "]", ""), (#"{"a":"#, "}", "1")])
    func deepest(_ open: String, _ close: String, _ inner: String) {
        let text = Self.nested(open, close, Self.depth, inner: inner)
        for pieces in cuts(of: text) {
            #expect(Reading(pieces).error == nil)
            #expect(Reading(skippingAllOf: pieces).error == nil)
        }
    }

    @Test("a deeper container is refused at its bracket", arguments: [("[", "]", ""), (#"{"a":"#, "}", "1")])
    func tooDeep(_ open: String, _ close: String, _ inner: String) {
        let text = Self.nested(open, close, Self.depth + 1, inner: inner)
        let error = JSONError(.tooDeep, at: UInt64(Self.depth * open.utf8.count))
        for pieces in cuts(of: text) {
            #expect(Reading(pieces).error == error)
            #expect(Reading(skippingAllOf: pieces).error == error)
        }
    }

    @Test("containers side by side do not count as nested")
    func sideBySide() {
        let text = "[" + Array(repeating: "[{}]", count: Self.depth * 4).joined(separator: ",") + "]"
        #expect(Reading(text).error == nil)
    }

    @Test("alternating arrays and objects must be closed in order")
    func alternating() {
        let half = Self.depth / 2
        let text = String(repeating: #"[{"a":"#, count: half) + "0" + String(repeating: "}]", count: half)
        #expect(Reading(text).error == nil)
        let wrong = String(repeating: #"[{"a":"#, count: half) + "0" + String(repeating: "]}", count: half)
        #expect(Reading(wrong).error == JSONError(.unexpectedByte, at: UInt64(half * 6 + 1)))
    }

    /// A string or number of the given length. `kind` is one of `kinds`.
    private static func value(_ kind: String, _ length: Int) -> String {
        switch kind {
        case "string": "\"" + String(repeating: "x", count: length) + "\""
        case "number": String(repeating: "7", count: length)
        case "escapes": "\"" + String(repeating: "\\n", count: length) + "\""
        case "two-byte characters":
            "\"" + String(repeating: "x", count: length % 2) + String(repeating: "é", count: length / 2) + "\""
        default: "\"" + String(repeating: "x", count: length - 1) + "\\t\""
        }
    }

    private static let kinds = ["string", "number", "escapes", "two-byte characters", "an escape at the end"]

    /// The text in one piece, in pieces of 4 KiB, in single bytes, and in two pieces.
    private static func pieces(of text: [UInt8]) -> [[[UInt8]]] {
        let paged = stride(from: 0, to: text.count, by: 4096).map { Array(text[$0..<min($0 + 4096, text.count)]) }
        let cutPoints = [1, 2, 100, text.count / 2, length, length + 1, length + 2, text.count - 1]
        return [[text], paged, text.map { [$0] }] + cutPoints.map { [Array(text[..<$0]), Array(text[$0...])] }
    }

    @Test("a token of the maximum length is read for every split", arguments: kinds)
    func longest(_ kind: String) {
        for pieces in Self.pieces(of: Array("[\(Self.value(kind, Self.length))]".utf8)) {
            let reading = Reading(pieces)
            #expect(reading.error == nil)
            #expect(reading.tokens.count == 3)
            #expect(reading.tokens.dropFirst().first?.utf8.count == Self.length + 2)
        }
    }

    @Test("a longer token is refused at the same byte for every split", arguments: kinds)
    func tooLong(_ kind: String) {
        let text = Array("[\(Self.value(kind, Self.length + 1))]".utf8)
        let error = Reading([text]).error
        #expect(error?.reason == .tooLong)
        for pieces in Self.pieces(of: text) { #expect(Reading(pieces).error == error) }
    }

    @Test("the error offset is that of the first byte over the limit")
    func offset() {
        let limit = UInt64(Self.length)
        #expect(Reading("[\(Self.value("string", Self.length + 1))]").error == JSONError(.tooLong, at: limit + 2))
        #expect(Reading("[\(Self.value("number", Self.length + 1))]").error == JSONError(.tooLong, at: limit + 1))
        let key = "{" + Self.value("string", Self.length + 1) + ":1}"
        #expect(Reading(key).error == JSONError(.tooLong, at: limit + 2))
    }

    @Test("a skipped token may be longer than the maximum", arguments: kinds)
    func skipped(_ kind: String) {
        let text = Array("[\(Self.value(kind, Self.length * 3))]".utf8)
        for pieces in Self.pieces(of: text) { #expect(Reading(skippingAllOf: pieces) == Reading(none: ())) }
    }

    @Test("a short string after a long string is read correctly")
    func shortAfterLong() {
        let text = Array(#"["\#(String(repeating: "x", count: 1000))","ab",12]"#.utf8)
        for pieces in cuts(of: text) {
            #expect(Array(Reading(pieces).tokens.suffix(3)) == ["s:ab", "n:12=12", "]"])
        }
    }
}
