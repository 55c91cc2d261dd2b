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
        while !journal.isWritable, Monotonic.readClock() < deadline { usleep(10_000) }
        try journal.send(fields + [("TEST_RUN", run)])
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

    @Test("Values may contain line ends")
    func lineEnds() throws {
        let entry = try send([("MESSAGE", "one\nPRIORITY=0\n\nthree\n")])
        #expect(entry.contains(#""MESSAGE":"one\nPRIORITY=0\n\nthree\n""#))
        #expect(!entry.contains(#""PRIORITY":"0""#))
    }

    @Test("Values may contain control characters")
    func controlCharacters() throws {
        let entry = try send([("MESSAGE", "a\0b\u{1B}")])
        // journalctl shows an unprintable value as a list of bytes.
        #expect(entry.replacing(" ", with: "").contains(#""MESSAGE":[97,0,98,27]"#))
    }

    @Test("A long value arrives completely")
    func long() throws {
        let value = String(repeating: "x", count: 300_000)
        #expect(try send([("MESSAGE", value)]).contains(value))
    }

    @Test("Field names may repeat")
    func repeated() throws {
        let entry = try send([("MESSAGE", "m"), ("TAG", "1"), ("TAG", "2")])
        #expect(entry.replacing(" ", with: "").contains(#""TAG":["1","2"]"#))
    }

    @Test(
        "An invalid field name is refused",
        arguments: ["", "message", "_PID", "1ST", "A-B", "A=B", "A\nB", "Ä", String(repeating: "A", count: 65)])
    func badName(name: String) throws {
        let journal = try Journal()
        #expect {
            try journal.send([("MESSAGE", "m"), (name, "value")])
        } throws: { error in
            (error as? SystemError)?.code == EINVAL
        }
    }

    @Test("No fields or too many fields are refused", arguments: [0, 129])
    func count(count: Int) throws {
        let journal = try Journal()
        #expect {
            try journal.send([(name: String, value: String)](repeating: ("A", "b"), count: count))
        } throws: { error in
            (error as? SystemError)?.code == EINVAL
        }
    }

    @Test("Without a journal, sending is an error")
    func unavailable() throws {
        let journal = try Journal(socketPath: "/nonexistent/socket")
        #expect(!journal.isAvailable && !journal.isWritable)
        #expect(throws: SystemError(operation: "connect unix:/nonexistent/socket", code: ENOENT)) {
            try journal.send([("MESSAGE", "m")])
        }
    }

    @Test("Sending to a journal that does not read is an error")
    func behind() throws {
        let fake = try FakeJournal(name: "behind")
        let journal = try Journal(socketPath: fake.path)
        #expect(journal.isWritable)
        try fake.fillQueue()
        #expect(journal.isAvailable && !journal.isWritable)
        #expect(throws: SystemError(operation: "send to unix:\(fake.path)", code: EAGAIN)) {
            try journal.send([("MESSAGE", "m")])
        }
    }
}
