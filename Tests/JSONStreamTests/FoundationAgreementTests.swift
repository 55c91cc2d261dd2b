import Foundation
import JSONStream
import TestSupport
import Testing

/// A value in a form that both readers can produce.
private enum Value {
    case null
    case bool(Bool)
    case integer(UInt64)
    /// A number that is not an integer from 0 to 2⁶⁴−1. The reader does not convert its text, so the test does not
    /// compare its value.
    case number
    case string([UInt8])
    case array([Value])
    case object([[UInt8]: Value])

    /// Converts a value that Foundation has read.
    init(_ value: Any) {
        switch value {
        case let text as String: self = .string(Array(text.utf8))
        case let list as [Any]: self = .array(list.map(Value.init))
        case let members as [String: Any]:
            self = .object(
                Dictionary(members.map { (Array($0.key.utf8), Value($0.value)) }) { first, _ in first })
        case let number as NSNumber:
            if Self.isBoolean(number) {
                self = .bool(number.boolValue)
            } else if let integer = UInt64(number.stringValue) {
                self = .integer(integer)
            } else {
                self = .number
            }
        default: self = .null
        }
    }

    /// Converts the tokens of a whole JSON text.
    init(tokens: [String]) {
        var index = 0
        self = Self.value(tokens, &index)
    }

    private static func value(_ tokens: [String], _ index: inout Int) -> Value {
        let token = tokens[index]
        index += 1
        switch token {
        case "[":
            var elements: [Value] = []
            while tokens[index] != "]" { elements.append(value(tokens, &index)) }
            index += 1
            return .array(elements)
        case "{":
            var members: [[UInt8]: Value] = [:]
            while tokens[index] != "}" {
                let key = Array(tokens[index].utf8.dropFirst(2))
                index += 1
                members[key] = value(tokens, &index)
            }
            index += 1
            return .object(members)
        case "true", "false": return .bool(token == "true")
        case "null": return .null
        default:
            if token.utf8.starts(with: "s:".utf8) { return .string(Array(token.utf8.dropFirst(2))) }
            guard let integer = token.split(separator: "=").dropFirst().first else { return .number }
            return UInt64(integer).map(Value.integer) ?? .number
        }
    }

    /// Whether this value, read by `JSONReader`, agrees with `other`, read by Foundation. Foundation may read a number
    /// with an exponent as an integer.
    func agrees(with other: Value) -> Bool {
        switch (self, other) {
        case (.null, .null), (.number, .number), (.number, .integer): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.agrees(with: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { key, value in right[key].map { value.agrees(with: $0) } ?? false }
        default: false
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

@Suite("Agreement with Foundation")
struct FoundationAgreementTests {
    private static func foundation(_ text: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
    }

    /// Whether Foundation may accept the text as UTF-16 or UTF-32 (NUL bytes at the beginning) or with a byte order
    /// mark. The reader refuses both (RFC 8259 section 8.1).
    private static func isOfAnotherEncoding(_ text: [UInt8]) -> Bool {
        text.prefix(4).contains(0) || text.starts(with: [0xEF, 0xBB, 0xBF])
    }

    /// Whether a number is outside the range of a double. Foundation refuses it, and the reader returns its text.
    private static func hasNumberBeyondDoubles(_ reading: Reading) -> Bool {
        reading.tokens.contains { token in
            guard token.hasPrefix("n:"), let double = Double(token.dropFirst(2)) else { return false }
            return !double.isFinite || (double.isZero && token.contains { "123456789".contains($0) })
        }
    }

    /// Whether the error is a comma before the end of an array or object, which Foundation accepts.
    private static func isCommaBeforeEnd(_ text: [UInt8], _ error: JSONError) -> Bool {
        let offset = Int(error.offset)
        guard error.reason == .unexpectedByte, offset < text.count, text[offset] == 0x5D || text[offset] == 0x7D
        else { return false }
        return text[..<offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == 0x2C
    }

    @Test("both readers read the same values from random JSON")
    func random() throws {
        var random = Seeded(1)
        for _ in 0..<4_000 {
            let text = Array(RandomJSON.value(&random, depth: 4).utf8)
            let reading = Reading([text])
            #expect(reading.error == nil)
            let value = try #require(Self.foundation(text), "\(String(decoding: text, as: UTF8.self))")
            #expect(
                Value(tokens: reading.tokens).agrees(with: Value(value)), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("damaged JSON is accepted by both readers or by neither", arguments: 1...4 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) {
        var random = Seeded(seed)
        var counts = (accepted: 0, refused: 0)
        for _ in 0..<8_000 {
            let text = RandomJSON.damaged(Array(RandomJSON.value(&random, depth: 3).utf8), &random)
            if Self.isOfAnotherEncoding(text) { continue }
            let reading = Reading([text])
            if let error = reading.error {
                counts.refused += 1
                if Self.isCommaBeforeEnd(text, error) { continue }
                #expect(Self.foundation(text) == nil, "\(String(decoding: text, as: UTF8.self)) \(error)")
            } else {
                counts.accepted += 1
                if Self.hasNumberBeyondDoubles(reading) { continue }
                #expect(Self.foundation(text) != nil, "\(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(counts.accepted > 500 && counts.refused > 500)
    }

    @Test("damaged JSON gives the same result for every split")
    func damagedAndCut() {
        var random = Seeded(3)
        for _ in 0..<1_500 {
            let text = RandomJSON.damaged(Array(RandomJSON.value(&random, depth: 2).utf8), &random)
            let whole = Reading([text])
            let skipped = Reading(skippingAllOf: [text])
            #expect(skipped.error == whole.error)
            for _ in 0..<8 {
                let cut = Int.random(in: 0...text.count, using: &random)
                let second = Int.random(in: cut...text.count, using: &random)
                let pieces = [Array(text[..<cut]), Array(text[cut..<second]), Array(text[second...])]
                #expect(Reading(pieces) == whole, "\(pieces)")
                #expect(Reading(skippingAllOf: pieces) == skipped, "\(pieces)")
            }
        }
    }
}
