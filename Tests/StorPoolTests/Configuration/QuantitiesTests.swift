import StorPool
import Testing
import Text

@Suite("Durations")
struct PrometheusDurationTests {
    @Test(
        "Durations that Prometheus accepts are read",
        arguments: [
            ("0", Duration.zero), ("0s", .zero), ("1ms", .milliseconds(1)), ("90s", .seconds(90)),
            ("5m", .seconds(300)),
            ("1h30m", .seconds(5400)), ("2d", .seconds(172_800)), ("3w", .seconds(1_814_400)),
            ("1y", .seconds(31_536_000)),
            ("1y2w3d4h5m6s7ms", .milliseconds(33_019_506_007)), ("001s", .seconds(1)),
            ("9223372036854ms", .milliseconds(9_223_372_036_854)),
        ])
    func reads(_ text: String, _ expected: Duration) throws {
        #expect(try PrometheusDuration.parse(text) == expected)
    }

    @Test(
        "Durations that Prometheus refuses are refused",
        arguments: [
            "", "1", "-1s", "+1s", "1.5h", "1 s", " 1s", "1s ", "s", "1S", "1µs", "1ns", "30m1h", "1s1s", "1ms1s",
            "1h 30m",
            "9223372036855ms", "293y", "9223372036854775807y", "99999999999999999999s", "9223372036s855ms", "1é",
            "1m\u{301}",
        ])
    func refuses(_ text: String) {
        #expect(throws: InvalidValue.self) { try PrometheusDuration.parse(text) }
    }

    @Test(
        "A duration is written as its shortest string",
        arguments: [
            (0, "0s"), (1, "1ms"), (90_000, "1m30s"), (900_000, "15m"), (5_400_000, "1h30m"), (86_400_001, "1d1ms"),
            (-5, "0s"),
        ])
    func writes(_ milliseconds: Int64, _ text: String) throws {
        #expect(PrometheusDuration.text(.milliseconds(milliseconds)) == text)
        #expect(try PrometheusDuration.parse(text) == .milliseconds(max(milliseconds, 0)))
    }

    @Test("A duration that is too long is written as the maximum")
    func writesTooLong() throws {
        #expect(
            try PrometheusDuration.parse(PrometheusDuration.text(.seconds(Int64.max)))
                == .milliseconds(9_223_372_036_854))
    }
}

@Suite("Sizes")
struct ByteSizeTests {
    @Test(
        "Sizes in bytes and in binary units are read",
        arguments: [
            ("0", 0), ("100", 100), ("100B", 100), ("1KiB", 1 << 10), ("512MiB", 512 << 20), ("4GiB", 4 << 30),
            ("8388607TiB", 8_388_607 << 40), ("9223372036854775807", Int.max),
        ])
    func reads(_ text: String, _ expected: Int) throws {
        #expect(try ByteSize.parse(text) == expected)
        #expect(try ByteSize.parse(ByteSize.text(expected)) == expected)
    }

    @Test(
        "Other sizes are refused",
        arguments: [
            "", "-1", "+1", "1.5GiB", "4GB", "4G", "4gib", "4 GiB", " 4", "4GiB ", "GiB", "0x10", "8388608TiB",
            "9223372036854775808", "99999999999999999999999", "٣",
        ])
    func refuses(_ text: String) {
        #expect(throws: InvalidValue.self) { try ByteSize.parse(text) }
    }

    @Test(
        "A size is written with the largest exact unit",
        arguments: [(0, "0B"), (1500, "1500B"), (4 << 30, "4GiB"), (3 << 19, "1536KiB")])
    func writes(_ bytes: Int, _ text: String) {
        #expect(ByteSize.text(bytes) == text)
    }
}

@Suite("Refused values in messages")
struct InvalidValueTests {
    @Test("A refused value is quoted on one line and truncated")
    func quoted() {
        #expect(InvalidValue("a\"b\\c\n\u{1B}é", "is odd").description == #""a"b\c\u{A}\u{1B}é" is odd"#)
        #expect(InvalidValue(String(repeating: "x", count: 1000), "is long").description.count < 100)
    }
}
