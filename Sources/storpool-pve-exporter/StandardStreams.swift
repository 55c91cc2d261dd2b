import ArgumentParser
import EventLoop
import Exporter
import Glibc
import PrintableText

/// Why not all of the output was written.
enum OutputError: Error {
    /// Nobody reads any more, as in `list | head`: no failure.
    case closed
    /// The system refused, such as for a full disk.
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

    /// Lets `body` write, and ends with 2 when that fails. A reader that has gone is none of our business.
    static func write(_ body: (StandardOutput) throws(OutputError) -> Void) throws {
        let output = StandardOutput()
        do throws(OutputError) {
            try body(output)
            try output.flush()
        } catch {
            guard case .refused(let refusal) = error else { return }
            StandardError.write("\(refusal)")
            throw Exit.blind
        }
    }

    /// Adds a text.
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

    /// Whoever gave us the descriptor may have made it non-blocking.
    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, -1)
    }
}

/// Standard error.
enum StandardError {
    private static let maximumBytes = 4_000

    /// Writes one line that begins with the name of the program.
    static func write(_ message: String) {
        let line = Array("\(Build.name): \(message.printable(limit: maximumBytes))\n".utf8)
        // Nobody is left to hear that this failed.
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
