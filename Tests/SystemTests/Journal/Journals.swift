import Glibc
import Testing

@testable import System

/// A socket that receives entries like the journal, but reads only on request.
final class FakeJournal {
    let path: String
    private let address: SocketAddress
    private var receiver: Descriptor

    init(name: String) throws {
        path = "/tmp/fake-journal-\(getpid())-\(name).socket"
        address = try SocketAddress(unixPath: path)
        receiver = try Self.bound(to: address, path)
    }

    deinit {
        unlink(path)
    }

    func restart() throws {
        receiver = try Self.bound(to: address, path)
    }

    private static func bound(to address: SocketAddress, _ path: String) throws -> Descriptor {
        unlink(path)
        let receiver = try Descriptor.socket(for: address, isDatagram: true)
        try receiver.bind(to: address)
        return receiver
    }

    /// An unconnected datagram socket, like the one that libsystemd uses.
    func sender() throws -> Descriptor {
        try Descriptor.socket(for: address, isDatagram: true)
    }

    /// Sends messages until sending would block.
    ///
    /// - Returns: the number of messages sent.
    func fill(from sender: borrowing Descriptor, bytes: Int) -> Int {
        let message = [UInt8](repeating: 0x61, count: bytes)
        let number = sender.rawValue
        return address.withPointer { address, length in
            var count = 0
            while sendto(number, message, message.count, Int32(MSG_DONTWAIT), address, length) == bytes { count += 1 }
            return count
        }
    }

    /// Fills the queue from several senders, because the buffer of one sender may be full before the queue.
    func fillQueue() throws {
        while try fill(from: sender(), bytes: 1) > 0 {}
    }

    func readAll() throws {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while try receiver.receive(into: &bytes) != nil {}
    }
}

/// The journal of this machine.
///
/// If no journal is running, as in most containers, a test run by root starts journald and leaves it running for other
/// tests.
enum RunningJournal {
    private static let program = "/lib/systemd/systemd-journald"
    private static let lockPath = "/tmp/storpool-pve-exporter-tests-journal.lock"

    static func ensure() throws {
        let lock = Descriptor(
            owning: try SystemError.check("open \(lockPath)") { open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) })
        try SystemError.check("flock \(lockPath)") { flock(lock.rawValue, LOCK_EX) }
        if !(try Journal().isAvailable) { try start() }
        try #require(try Journal().isAvailable, "the tests of this suite need a journal, or root to start one")
    }

    /// Starts a journal and waits until it is ready.
    private static func start() throws {
        let path = "/tmp/journal-ready-\(getpid()).socket"
        let address = try SocketAddress(unixPath: path)
        let notices = try Descriptor.socket(for: address, isDatagram: true)
        try notices.bind(to: address)
        defer { unlink(path) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments = [strdup(program), nil]
        var environment = [strdup("NOTIFY_SOCKET=\(path)"), nil]
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, nil, &arguments, &environment)
        if code != 0 { throw SystemError(operation: "posix_spawn \(program)", code: code) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var polled = pollfd(fd: notices.rawValue, events: Int16(POLLIN), revents: 0)
        while poll(&polled, 1, 20_000) > 0 {
            let count = try notices.receive(into: &bytes) ?? 0
            if String(decoding: bytes.prefix(count), as: UTF8.self).contains("READY=1") { return }
        }
    }

    /// Entries with this value of the field `TEST_RUN`, as JSON objects.
    static func entries(ofRun run: String) throws -> [String] {
        let output = try #require(
            popen("journalctl --sync && journalctl --quiet --all --output=json TEST_RUN=\(run)", "r"))
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, output), count > 0 { text += chunk.prefix(count) }
        try #require(pclose(output) == 0, "journalctl failed")
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
