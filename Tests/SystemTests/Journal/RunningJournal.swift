import Glibc
import Testing

@testable import System

/// The journal of this machine.
///
/// Where none runs, as in most containers, one is started, which only root can do, and left running, because other tests
/// may have found it meanwhile.
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

    /// Waits for the notice that the journal sends once it listens.
    private static func start() throws {
        let path = "/tmp/journal-ready-\(getpid()).socket"
        let notices = try datagramSocket()
        try withAddress(path) { address, length in
            try SystemError.check("bind \(path)") { bind(notices.rawValue, address, length) }
        }
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
            let count = recv(notices.rawValue, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).contains("READY=1") { return }
        }
    }

    /// Entries with this value of the field `TEST_RUN`, one JSON object a line, once the journal has written all.
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
