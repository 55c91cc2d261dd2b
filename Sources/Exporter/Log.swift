import Glibc
import System
import Text

/// The log of the program: lines on standard error.
package struct Log: Sendable {
    package enum Level: Int, Sendable, CaseIterable, Comparable {
        case debug, info, warn, error

        package var text: String { String(describing: self) }

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        /// The priority of syslog(3).
        var priority: Int {
            switch self {
            case .debug: 7
            case .info: 6
            case .warn: 4
            case .error: 3
            }
        }
    }

    /// Maximum length of a line without `…` and the line feed. A pipe that is ready for writing accepts `PIPE_BUF`
    /// bytes without blocking (pipe(7)).
    private static let maximumBytes = Int(PIPE_BUF) - "…\n".utf8.count

    private let level: Level
    /// Whether the output goes to the journal, which reads `<N>` at the beginning of a line as the priority
    /// (sd-daemon(3)).
    private let isUnderSystemd: Bool

    /// Writes only messages at or above the level.
    package init(level: Level) {
        self.level = level
        isUnderSystemd = getenv("JOURNAL_STREAM") != nil
    }

    /// Writes the message as one line, in which characters that are not printable are escaped.
    package func write(_ level: Level, _ message: String) {
        guard level >= self.level else { return }
        let prefix = isUnderSystemd ? "<\(level.priority)>" : "level=\(level.text) "
        _ = Self.writeLine(prefix + message)
    }

    /// Writes a line to standard error unless that would block.
    ///
    /// - Returns: whether the line was written completely.
    static func writeLine(_ line: String) -> Bool {
        var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array((line.printable(limit: maximumBytes) + "\n").utf8)
        return bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } == bytes.count
    }
}
