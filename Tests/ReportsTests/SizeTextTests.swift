import Testing

@testable import Reports

@Suite("Human-readable sizes")
struct SizeTextTests {
    @Test(
        "sizes have a binary unit and at most four digits",
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_024, "1 KiB"), (1_536, "1.5 KiB"), (107_374_182_400, "100 GiB"),
            (1_048_575, "1023 KiB"), (UInt64.max, "15.9 EiB"),
        ] as [(UInt64, String)])
    func size(bytes: UInt64, text: String) {
        #expect(SizeText.make(bytes) == text)
    }
}
