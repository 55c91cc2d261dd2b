import CShims
import Glibc

/// Sends structured entries to the journal of this machine without blocking.
package final class Journal {
    package static let socketPath = "/run/systemd/journal/socket"

    private let probe: JournalProbe

    /// Does not fail without a journal, because one may be started later.
    ///
    /// - Parameter socketPath: the socket that shows whether there is a journal; tests use another path.
    package init(socketPath: String = Journal.socketPath) throws(SystemError) {
        probe = try JournalProbe(path: socketPath)
    }

    /// Whether there is a journal.
    package var isAvailable: Bool {
        (try? probe.connect()) != nil
    }

    /// Sends one entry (`sd_journal_sendv`).
    ///
    /// - Parameter fields: names follow systemd.journal-fields(7) and may repeat; values may contain any bytes.
    /// - Returns: false if no journal is running or sending would block. There is no notification when this changes.
    package func send(_ fields: [(name: String, value: String)]) throws(SystemError) -> Bool {
        guard (try? probe.checkWritable()) != nil else { return false }
        try SystemError.checkNegated("sd_journal_sendv", Self.sendv(fields))
        probe.findSender()
        return true
    }

    /// Copies all fields into one buffer, so that the pointers stay valid during the call.
    private static func sendv(_ fields: [(name: String, value: String)]) -> Int32 {
        var bytes: [UInt8] = []
        var lengths: [Int] = []
        for (name, value) in fields {
            let start = bytes.count
            bytes += name.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += value.utf8
            lengths.append(bytes.count - start)
        }
        return unsafe bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            let vectors = unsafe lengths.map { length in
                defer { offset += length }
                return unsafe iovec(iov_base: buffer.baseAddress?.advanced(by: offset), iov_len: length)
            }
            return unsafe sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
