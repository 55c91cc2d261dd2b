import Glibc
import System
import Text

/// What the program says of itself on standard error, a line at a time.
package struct Log: Sendable {
    /// From the most to the least; a level shows itself and what is graver.
    package enum Level: Int, Sendable, CaseIterable, Comparable {
        case debug, info, warn, error

        /// The word of `--log.level`.
        package var text: String { String(describing: self) }

        /// By gravity.
        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        /// The priority of syslog(3) for it.
        var priority: Int {
            switch self {
            case .debug: 7
            case .info: 6
            case .warn: 4
            case .error: 3
            }
        }
    }

    /// Longest line that a writable pipe takes without blocking (`PIPE_BUF`, pipe(7)), without "…" and the line feed.
    private static let maximumBytes = Int(PIPE_BUF) - "…\n".utf8.count

    private let level: Level
    /// systemd reads `<N>` at the beginning of a line as its priority (sd-daemon(3)).
    private let isUnderSystemd: Bool

    /// Shows what is at or above a level.
    package init(level: Level) {
        self.level = level
        isUnderSystemd = getenv("JOURNAL_STREAM") != nil
    }

    /// Writes one line; whatever the message holds, it stays one line of printable characters.
    package func write(_ level: Level, _ message: String) {
        guard level >= self.level else { return }
        let prefix = isUnderSystemd ? "<\(level.priority)>" : "level=\(level.text) "
        _ = Self.writeLine(prefix + message)
    }

    /// Writes a line to standard error unless that would block; false when it was not written whole.
    static func writeLine(_ line: String) -> Bool {
        var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array((line.printable(limit: maximumBytes) + "\n").utf8)
        return bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } == bytes.count
    }
}
