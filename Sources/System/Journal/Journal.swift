import CShims
import Glibc

/// Sends structured entries to the local journal without blocking.
package final class Journal {
    package static let socketPath = "/run/systemd/journal/socket"

    private let probe: JournalProbe

    /// Succeeds even if no journal is running, because it may be started later.
    ///
    /// - Parameter socketPath: the socket that is checked to find out whether a journal is running. Only tests change
    ///   it.
    package init(socketPath: String = Journal.socketPath) throws(SystemError) {
        probe = try JournalProbe(path: socketPath)
    }

    /// Whether a journal is running.
    package var isAvailable: Bool {
        (try? probe.connect()) != nil
    }

    /// Sends one entry (`sd_journal_sendv`).
    ///
    /// - Parameter fields: names follow systemd.journal-fields(7) and may repeat. Values may contain any character.
    /// - Returns: false if no journal is running or sending would block. The caller is not told when this changes, so
    ///   it must try again.
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
