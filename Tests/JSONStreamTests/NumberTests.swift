import JSONStream
import TestSupport
import Testing

@Suite("Integers")
struct NumberTests {
    @Test(
        "integers are exact up to 2⁶⁴−1",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("9007199254740993", 1 << 53 + 1), ("9223372036854775807", 1 << 63 - 1),
            ("9223372036854775808", 1 << 63), ("18446744073709551614", UInt64.max - 1),
            ("18446744073709551615", UInt64.max),
        ] as [(String, UInt64)])
    func exact(_ text: String, _ value: UInt64) {
        for pieces in cuts(of: Array("[\(text)]".utf8)) {
            #expect(Reading(pieces).tokens == ["[", "n:\(text)=\(value)", "]"])
        }
        for pieces in cuts(of: Array(text.utf8)) { #expect(Reading(pieces).tokens == ["n:\(text)=\(value)"]) }
    }

    @Test(
        "other numbers have no integer value",
        arguments: [
            "18446744073709551616", "184467440737095516160", "1844674407370955161601", "18446744073709551625",
            "18446744073709551700", "184467440737095516150",
            "36893488147419103232", "340282366920938463463374607431768211456", "99999999999999999999", "-1",
            "-18446744073709551615", "1.0", "1e3", "1E0", "0.0", "0e0", "-0.0", "10e-1",
        ])
    func none(_ text: String) {
        for pieces in cuts(of: Array("[\(text)]".utf8)) { #expect(Reading(pieces).tokens == ["[", "n:\(text)", "]"]) }
        for pieces in cuts(of: Array(text.utf8)) { #expect(Reading(pieces).tokens == ["n:\(text)"]) }
    }

    @Test("the value of a number does not depend on the previous number")
    func fresh() {
        #expect(
            Reading("[99999999999999999999,1,-2,3,1.5,4]").tokens
                == ["[", "n:99999999999999999999", "n:1=1", "n:-2", "n:3=3", "n:1.5", "n:4=4", "]"])
    }

    @Test("random integers of up to 64 bits are read exactly")
    func random() {
        var random = Seeded(64)
        for _ in 0..<5_000 {
            let value = random.next() >> random.next(upperBound: 64 as UInt64)
            #expect(Reading("[\(value)]").tokens == ["[", "n:\(value)=\(value)", "]"])
        }
    }
}
