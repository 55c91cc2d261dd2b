import JSONStream
import TestSupport
import Testing

@Suite("Conformance to RFC 8259")
struct ConformanceTests {
    @Test("valid JSON is read as its tokens", arguments: Accepted.all)
    func accepted(_ sample: Accepted) {
        #expect(Reading([sample.text]).description == sample.tokens)
    }

    @Test("invalid JSON is refused with the reason and byte offset", arguments: Refused.all)
    func refused(_ sample: Refused) {
        #expect(Reading([sample.text]).error == sample.error)
    }

    @Test("valid JSON has the same tokens for every split", arguments: Accepted.all)
    func acceptedCut(_ sample: Accepted) {
        let whole = Reading([sample.text])
        for pieces in cuts(of: sample.text) { #expect(Reading(pieces) == whole, "\(pieces)") }
    }

    @Test("invalid JSON has the same error for every split", arguments: Refused.all)
    func refusedCut(_ sample: Refused) {
        let whole = Reading([sample.text])
        for pieces in cuts(of: sample.text) { #expect(Reading(pieces) == whole, "\(pieces)") }
    }

    @Test("an error description includes the offset")
    func description() {
        #expect(JSONError(.invalidNumber, at: 17).description == "invalid number at byte 17")
    }
}

@Suite("Skipped values")
struct SkippingTests {
    private static func member(_ value: [UInt8]) -> [UInt8] {
        Array(#"{"k":"#.utf8) + value + Array(#","after":1}"#.utf8)
    }

    @Test("skipped values are not returned for any split of the text", arguments: Accepted.all)
    func accepted(_ sample: Accepted) {
        let text = Self.member(sample.text)
        let expected = "{ k:k k:after n:1=1 }"
        #expect(Reading([text], skipping: { $0 == "k" }).description == expected)
        for pieces in cuts(of: text) {
            #expect(Reading(pieces, skipping: { $0 == "k" }).description == expected, "\(pieces)")
        }
    }

    @Test("skipped values are validated like other values", arguments: Refused.all)
    func refused(_ sample: Refused) {
        let text = Self.member(sample.text)
        let read = Reading([text])
        #expect(read.error != nil)
        #expect(Reading([text], skipping: { $0 == "k" }).error == read.error)
        for pieces in cuts(of: text) {
            #expect(Reading(pieces, skipping: { $0 == "k" }).error == read.error, "\(pieces)")
        }
    }

    @Test("a whole JSON text can be skipped", arguments: Accepted.all)
    func whole(_ sample: Accepted) {
        for pieces in cuts(of: sample.text) {
            #expect(Reading(skippingAllOf: pieces) == Reading(none: ()), "\(pieces)")
        }
    }

    @Test("a whole JSON text is validated when it is skipped", arguments: Refused.all)
    func wholeRefused(_ sample: Refused) {
        for pieces in cuts(of: sample.text) {
            #expect(Reading(skippingAllOf: pieces).error == sample.error, "\(pieces)")
        }
    }

    @Test(
        "the rest of an array or object can be skipped",
        arguments: [
            #"[1,[2,{"a":3}],4]"#, "[1]", #"[1,"]",[[]]]"#, "[1,{}]",
        ])
    func rest(_ text: String) {
        let bytes = Array("[\(text),7]".utf8)
        for pieces in cuts(of: bytes) {
            var reader = JSONReader()
            var numbers: [UInt64] = []
            var arrays = 0
            #expect(throws: Never.self) {
                for piece in pieces {
                    loop: while true {
                        switch try reader.next(in: piece.span.bytes) {
                        case .needsMore: break loop
                        case .beginArray: arrays += 1
                        case .number:
                            numbers.append(reader.unsignedInteger ?? .max)
                            if arrays == 2, numbers.count == 1 { reader.skipRest() }
                        default: break
                        }
                    }
                }
                _ = try reader.finish()
            }
            #expect(numbers == [1, 7])
        }
    }
}
