import Glibc
import Testing

@testable import System

/// A socket that receives as a journal does, but reads only when told to.
final class FakeJournal {
    let path: String
    private var receiver: Descriptor

    init(name: String) throws {
        path = "/tmp/fake-journal-\(getpid())-\(name).socket"
        receiver = try Self.bound(to: path)
    }

    deinit {
        unlink(path)
    }

    /// As a journal does that was stopped and started again.
    func restart() throws {
        receiver = try Self.bound(to: path)
    }

    private static func bound(to path: String) throws -> Descriptor {
        unlink(path)
        let receiver = try datagramSocket()
        try withAddress(path) { address, length in
            try SystemError.check("bind \(path)") { bind(receiver.rawValue, address, length) }
        }
        return receiver
    }

    /// Sends from a socket without a peer, as libsystemd does, until that would wait.
    ///
    /// - Returns: how many were sent.
    func fill(from sender: borrowing Descriptor, bytes: Int) -> Int {
        let message = [UInt8](repeating: 0x61, count: bytes)
        let number = sender.rawValue
        return withAddress(path) { address, length in
            var count = 0
            while sendto(number, message, message.count, Int32(MSG_DONTWAIT), address, length) == bytes { count += 1 }
            return count
        }
    }

    /// Fills the queue, whatever its length is here: a sender's own buffer may be full before.
    func fillQueue() throws {
        while try fill(from: datagramSocket(), bytes: 1) > 0 {}
    }

    func readAll() {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while recv(receiver.rawValue, &bytes, bytes.count, Int32(MSG_DONTWAIT)) >= 0 {}
    }
}

func datagramSocket() throws -> Descriptor {
    Descriptor(owning: try SystemError.check("socket") { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) })
}

@discardableResult
func withAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return try withUnsafePointer(to: &address) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// The errno of `checkWritable`, 0 while an entry can be sent.
private func state(of probe: JournalProbe) -> Int32 {
    do throws(SystemError) {
        try probe.checkWritable()
        return 0
    } catch {
        return error.code
    }
}

@Suite struct JournalProbeTests {
    @Test("A full queue of the journal counts as waiting, until it is read")
    func fullQueue() throws {
        let journal = try FakeJournal(name: "queue")
        let probe = try JournalProbe(path: journal.path)
        #expect(state(of: probe) == 0)
        try journal.fillQueue()
        #expect(state(of: probe) == EAGAIN)
        journal.readAll()
        #expect(state(of: probe) == 0)
    }

    // In processes of their own, where no other test's sockets are found.

    @Test("A sender's full buffer counts as waiting, even while the journal's queue has room")
    func fullBuffer() async {
        await #expect(processExitsWith: .success) {
            let journal = try FakeJournal(name: "buffer")
            let probe = try JournalProbe(path: journal.path)
            let sender = try datagramSocket()
            probe.findSender()
            #expect(state(of: probe) == 0)
            let sent = journal.fill(from: sender, bytes: 60_000)
            #expect(sent > 0)
            let other = try JournalProbe(path: journal.path)
            #expect(state(of: other) == 0, "the queue has room")
            #expect(state(of: probe) == EAGAIN)
            journal.readAll()
            #expect(state(of: probe) == 0)
            #expect(fcntl(sender.rawValue, F_GETFD) >= 0)
        }
    }

    @Test("A sender that is closed counts no longer")
    func closedSender() async {
        await #expect(processExitsWith: .success) {
            let journal = try FakeJournal(name: "closed")
            let probe = try JournalProbe(path: journal.path)
            let sender = try datagramSocket()
            probe.findSender()
            let sent = journal.fill(from: sender, bytes: 60_000)
            #expect(sent > 0)
            #expect(state(of: probe) == EAGAIN)
            close(sender.release())
            #expect(state(of: probe) == 0)
        }
    }

    @Test("A journal that is gone is told from one that is back")
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

    @Test("What is no socket, or has nobody behind it, is no journal")
    func noJournal() throws {
        #expect(state(of: try JournalProbe(path: "/dev/null")) == ECONNREFUSED)
        #expect(state(of: try JournalProbe(path: "/nonexistent/socket")) == ENOENT)
        #expect(state(of: try JournalProbe(path: String(repeating: "/x", count: 100))) == ENAMETOOLONG)
    }
}
