import Testing

@testable import Reports

@Suite("Output of decode")
struct DecodeReportTests {
    private func decode(_ name: String) -> DecodeReport { DecodeReport(Array(name.utf8)) }

    @Test("a decoded name is printed part by part")
    func decoded() {
        let report = decode("snap-104-disk-0-daily-p-nzkr.b.1a2-sp-nzkr.b.1a3.raw")
        #expect(report.isDecoded)
        #expect(
            report.json == """
                {"name":"snap-104-disk-0-daily-p-nzkr.b.1a2-sp-nzkr.b.1a3.raw","object_type":"snapshot",\
                "kind":"snapshot","vmid":"104","disk":"0","snapshot":"daily","parent":"nzkr.b.1a2","comment":null,\
                "global_id":"nzkr.b.1a3"}

                """)
        #expect(
            report.text == """
                snap-104-disk-0-daily-p-nzkr.b.1a2-sp-nzkr.b.1a3.raw
                  type           snapshot, a snapshot
                  VM             104
                  disk           0
                  VM snapshot    daily
                  parent volume  nzkr.b.1a2
                  global id      nzkr.b.1a3

                """)
    }

    @Test("JSON has null for missing parts, but not for empty comments")
    func missingParts() {
        #expect(decode("vm-104-cloudinit.raw").json.contains("\"disk\":\"cloudinit\""))
        #expect(decode("vm-104-cloudinit.raw").json.contains("\"global_id\":null"))
        #expect(decode("img--sp-a.b.c.raw").json.contains("\"comment\":\"\""))
        #expect(decode("img--sp-a.b.c.raw").text.contains("  comment        (empty)\n"))
    }

    @Test("a decoding error is printed with its column")
    func failed() {
        let report = decode("vm-0104-disk-0-sp-nzkr.b.1a2.raw")
        #expect(!report.isDecoded)
        #expect(
            report.json == """
                {"name":"vm-0104-disk-0-sp-nzkr.b.1a2.raw","error":"a VM id cannot begin with 0","column":4}

                """)
        #expect(
            report.text == """
                vm-0104-disk-0-sp-nzkr.b.1a2.raw
                  error          a VM id cannot begin with 0 at column 4

                """)
    }

    @Test("a name that begins with a storage gets a hint")
    func withStorage() {
        let text = decode("sp-nvme:vm-104-disk-0-sp-nzkr.b.1a2.raw").text
        #expect(text.hasSuffix("  hint           remove the storage and the colon from the name\n"))
    }

    @Test("control characters in a name are escaped")
    func hostile() {
        #expect(decode("\u{1B}]0;x\u{7}-sp-a.b.c.iso").text.hasPrefix(#"\u{1B}]0;x\u{7}-sp-a.b.c.iso"# + "\n"))
        #expect(decode("").json == "{\"name\":\"\",\"error\":\"expected -sp-\",\"column\":1}\n")
    }

    @Test("a name that is not UTF-8 is printed with U+FFFD")
    func invalidUTF8() {
        let report = DecodeReport([0xFF, 0xFE, 0xFD, 0xFC] + Array("-sp-nzkr.b.1a2.raw".utf8))
        #expect(report.text.hasPrefix("\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}-sp-nzkr.b.1a2.raw\n"))
        #expect(report.json.contains("\"name\":\"\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}-sp-"))
        #expect(report.json.hasSuffix("\"column\":20}\n"))
    }
}
