import Glibc
import Testing

@testable import System

/// The errno of `checkWritable`; 0 if an entry can be sent.
private func state(of probe: JournalProbe) -> Int32 {
    do throws(SystemError) {
        try probe.checkWritable()
        return 0
    } catch {
        return error.code
    }
}

@Suite struct JournalProbeTests {
    @Test("A full queue of the journal is reported as blocking")
    func fullQueue() throws {
        let journal = try FakeJournal(name: "queue")
        let probe = try JournalProbe(path: journal.path)
        #expect(state(of: probe) == 0)
        try journal.fillQueue()
        #expect(state(of: probe) == EAGAIN)
        try journal.readAll()
        #expect(state(of: probe) == 0)
    }

    // The next two tests run in their own processes, so that the probe finds no sockets of other tests.

    @Test("A full buffer of libsystemd is reported as blocking")
    func fullBuffer() async {
        await #expect(processExitsWith: .success) {
            let journal = try FakeJournal(name: "buffer")
            let probe = try JournalProbe(path: journal.path)
            let sender = try journal.sender()
            probe.findSender()
            #expect(state(of: probe) == 0)
            let sent = journal.fill(from: sender, bytes: 60_000)
            #expect(sent > 0)
            let other = try JournalProbe(path: journal.path)
            #expect(state(of: other) == 0, "the queue has room")
            #expect(state(of: probe) == EAGAIN)
            try journal.readAll()
            #expect(state(of: probe) == 0)
            #expect(fcntl(sender.rawValue, F_GETFD) >= 0)
        }
    }

    @Test("A probe no longer checks a sender that was closed")
    func closedSender() async {
        await #expect(processExitsWith: .success) {
            let journal = try FakeJournal(name: "closed")
            let probe = try JournalProbe(path: journal.path)
            do {
                let sender = try journal.sender()
                probe.findSender()
                let sent = journal.fill(from: sender, bytes: 60_000)
                #expect(sent > 0)
                #expect(state(of: probe) == EAGAIN)
            }
            #expect(state(of: probe) == 0)
        }
    }

    @Test("A probe finds a restarted journal again")
    func restarted() throws {
        var journal: FakeJournal? = try FakeJournal(name: "restart")
        let path = try #require(journal?.path)
        let probe = try JournalProbe(path: path)
        #expect(state(of: probe) == 0)
        try journal?.restart()
        #expect(state(of: probe) == 0)
        journal = nil
        #expect(state(of: probe) == ENOENT)
        journal = try FakeJournal(name: "restart")
        #expect(state(of: probe) == 0)
    }

    @Test("A path without a listening socket is no journal")
    func noJournal() throws {
        #expect(state(of: try JournalProbe(path: "/dev/null")) == ECONNREFUSED)
        #expect(state(of: try JournalProbe(path: "/nonexistent/socket")) == ENOENT)
        #expect(throws: SystemError.self) { try JournalProbe(path: String(repeating: "/x", count: 100)) }
    }
}
