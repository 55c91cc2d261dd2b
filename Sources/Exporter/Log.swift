import EventLoop
import Glibc

/// What the program says of itself on standard error, a line at a time.
public struct Log: Sendable {
    /// From the most to the least; a level shows itself and what is graver.
    public enum Level: Int, Sendable, CaseIterable, Comparable {
        case debug, info, warn, error

        /// The word of `--log.level`.
        public var text: String { String(describing: self) }

        /// By gravity.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

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

    private static let cutMark = Array("…".utf8)

    private let level: Level
    /// systemd reads `<N>` at the beginning of a line as its priority (sd-daemon(3)).
    private let isUnderSystemd: Bool

    /// Shows what is at or above a level.
    public init(level: Level) {
        self.level = level
        isUnderSystemd = getenv("JOURNAL_STREAM") != nil
    }

    /// Writes a line; control characters in it are replaced, so that it stays one.
    public func write(_ level: Level, _ message: String) {
        guard level >= self.level else { return }
        let prefix = isUnderSystemd ? "<\(level.priority)>" : "level=\(level.text) "
        _ = Self.writeLine(prefix + message)
    }

    /// A text as one line: control characters are replaced.
    static func oneLine(_ text: String) -> String {
        text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
    }

    /// Writes a line to standard error unless that would block; false when it was not written whole.
    ///
    /// A line longer than `PIPE_BUF` is cut: a pipe that is ready for writing takes no more without blocking (pipe(7)).
    static func writeLine(_ line: String) -> Bool {
        var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        var bytes = Array(oneLine(line).utf8)
        if bytes.count >= PIPE_BUF { bytes = bytes.prefix(Int(PIPE_BUF) - cutMark.count - 1) + cutMark }
        bytes.append(UInt8(ascii: "\n"))
        return bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } == bytes.count
    }
}
