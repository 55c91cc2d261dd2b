import Testing
import Text

@Suite("Dates in UTC")
struct UTCDateTests {
    @Test(
        "Unix seconds are converted to the Gregorian calendar",
        arguments: [
            (0, "1970-01-01 00:00 UTC"), (951_827_696, "2000-02-29 12:34 UTC"), (951_868_800, "2000-03-01 00:00 UTC"),
            (1_767_225_599, "2025-12-31 23:59 UTC"), (1_767_225_600, "2026-01-01 00:00 UTC"),
            (4_107_456_000, "2100-02-28 00:00 UTC"), (4_107_542_400, "2100-03-01 00:00 UTC"),
            (253_402_300_800, "10000-01-01 00:00 UTC"), (.max, "584554051223-11-09 07:00 UTC"),
        ] as [(UInt64, String)])
    func dates(seconds: UInt64, text: String) {
        #expect(UTCDate(unixSeconds: seconds).text == text)
        #expect(UTCDate(unixSeconds: seconds).dayText == text.prefix { $0 != " " })
    }
}
