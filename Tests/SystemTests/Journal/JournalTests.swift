import Glibc
import TestSupport
import Testing

@testable import System

@Suite(.serialized) struct JournalTests {
    private let run = "\(getpid())x\(UInt64.random(in: 0 ... .max))"

    private func send(_ fields: [(name: String, value: String)]) throws -> String {
        try RunningJournal.ensure()
        let journal = try Journal()
        #expect(journal.isAvailable)
        // Other programs may have filled the queue of the journal.
        let deadline = Monotonic.readClock() + patience
        while try !journal.send(fields + [("TEST_RUN", run)]) {
            try #require(Monotonic.readClock() < deadline)
            usleep(10_000)
        }
        let entries = try RunningJournal.entries(ofRun: run)
        #expect(entries.count == 1)
        return entries.first ?? ""
    }

    @Test("An entry is read back unchanged")
    func roundTrip() throws {
        let entry = try send([
            ("MESSAGE", "Disk vm-104-disk-0 has a StorPool name"), ("PRIORITY", "3"),
            ("SYSLOG_IDENTIFIER", "storpool-pve-exporter"), ("MESSAGE_ID", "0123456789abcdef0123456789abcdef"),
            ("PVE_VMID", "104"), ("EMPTY", ""),
        ])
        for field in [
            #""MESSAGE":"Disk vm-104-disk-0 has a StorPool name""#, #""PRIORITY":"3""#,
            #""SYSLOG_IDENTIFIER":"storpool-pve-exporter""#, #""MESSAGE_ID":"0123456789abcdef0123456789abcdef""#,
            #""PVE_VMID":"104""#, #""EMPTY":"""#, #""_TRANSPORT":"journal""#,
        ] {
            #expect(entry.contains(field), "\(field) is not in \(entry)")
        }
    }

    @Test("Field values may contain line feeds")
    func lineEnds() throws {
        let entry = try send([("MESSAGE", "one\nPRIORITY=0\n\nthree\n")])
        #expect(entry.contains(#""MESSAGE":"one\nPRIORITY=0\n\nthree\n""#))
        #expect(!entry.contains(#""PRIORITY":"0""#))
    }

    @Test("Field values may contain control characters")
    func controlCharacters() throws {
        let entry = try send([("MESSAGE", "a\0b\u{1B}")])
        // journalctl shows an unprintable value as a list of bytes.
        #expect(entry.replacing(" ", with: "").contains(#""MESSAGE":[97,0,98,27]"#))
    }

    @Test("A long field value arrives completely")
    func long() throws {
        let value = String(repeating: "x", count: 300_000)
        #expect(try send([("MESSAGE", value)]).contains(value))
    }

    @Test("An entry may have several fields with the same name")
    func repeated() throws {
        let entry = try send([("MESSAGE", "m"), ("TAG", "1"), ("TAG", "2")])
        #expect(entry.replacing(" ", with: "").contains(#""TAG":["1","2"]"#))
    }

    @Test("Nothing is sent without a journal")
    func unavailable() throws {
        let journal = try Journal(socketPath: "/nonexistent/socket")
        #expect(!journal.isAvailable)
        #expect(try !journal.send([("MESSAGE", "m")]))
    }

    @Test("Nothing is sent to a journal that does not read")
    func behind() throws {
        let fake = try FakeJournal(name: "behind")
        let journal = try Journal(socketPath: fake.path)
        try fake.fillQueue()
        #expect(journal.isAvailable)
        #expect(try !journal.send([("MESSAGE", "m")]))
    }
}
