import ArgumentParser
import Exporter
import Glibc
import System
import Text

/// Why the output was not written completely.
enum OutputError: Error {
    /// The reader has closed the pipe, as in `list | head`; not a failure.
    case closed
    /// For example, the disk is full.
    case refused(SystemError)
}

/// Standard output, written in large pieces.
final class StandardOutput {
    private static let pieceBytes = 1 << 16

    private var buffer: [UInt8] = []

    private init() {
        buffer.reserveCapacity(Self.pieceBytes * 2)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `body`, which writes the output. If writing fails, prints the error and throws `Exit.unreadable`. A closed
    /// pipe is not a failure.
    static func write(_ body: (StandardOutput) throws(OutputError) -> Void) throws {
        let output = StandardOutput()
        do throws(OutputError) {
            try body(output)
            try output.flush()
        } catch {
            guard case .refused(let refusal) = error else { return }
            StandardError.write("\(refusal)")
            throw Exit.unreadable
        }
    }

    func write(_ text: String) throws(OutputError) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.pieceBytes { try flush() }
    }

    private func flush() throws(OutputError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(STDOUT_FILENO, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count >= 0 {
                written += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: Self.waitUntilWritable()
            case EPIPE: throw .closed
            case let code: throw .refused(SystemError(operation: "write to standard output", code: code))
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// The descriptor is inherited and may be non-blocking.
    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, -1)
    }
}

/// Standard error of the commands.
enum StandardError {
    private static let maximumBytes = 4_000

    /// Writes one line that begins with the name of the program.
    static func write(_ message: String) { writeLines("\(Build.name): \(message.printable(limit: maximumBytes))") }

    /// Writes the lines of the text. Characters that are not printable are escaped.
    static func writeLines(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable() }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        // An error here cannot be reported anywhere.
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Descriptors 0 to 2.
enum StandardDescriptors {
    /// Opens /dev/null in place of each closed descriptor, so that no socket or file gets its number. Standard output
    /// is opened read-only, so that writing to it still fails (EBADF).
    static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = Glibc.open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
