import CShims
import Glibc

/// Sends structured entries to the journal of this machine without blocking.
package final class Journal {
    package static let socketPath = "/run/systemd/journal/socket"
    /// Maximum number of fields of one entry, because libsystemd allocates them on the stack.
    private static let maximumFields = 128

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

    /// Whether an entry can be sent now. There is no notification when this changes.
    package var isWritable: Bool {
        (try? probe.checkWritable()) != nil
    }

    /// Sends one entry (`sd_journal_sendv`).
    ///
    /// Throws `ENOENT` or `ECONNREFUSED` without a journal, `EAGAIN` if sending would block, and `EINVAL` for no fields,
    /// too many fields or an invalid name.
    ///
    /// - Parameter fields: names follow systemd.journal-fields(7) and may repeat; values may contain any bytes.
    package func send(_ fields: [(name: String, value: String)]) throws(SystemError) {
        guard (1...Self.maximumFields).contains(fields.count) else {
            throw SystemError(operation: "sd_journal_sendv with \(fields.count) fields", code: EINVAL)
        }
        for (name, _) in fields where !Self.isFieldName(name) {
            throw SystemError(operation: "sd_journal_sendv of field \(name.debugDescription)", code: EINVAL)
        }
        try probe.checkWritable()
        try SystemError.checkNegated("sd_journal_sendv", Self.sendv(fields))
        probe.findSender()
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

    /// `A` to `Z`, digits and underscores, at most 64 bytes, beginning with a letter (systemd.journal-fields(7)).
    private static func isFieldName(_ name: String) -> Bool {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let others = "0123456789_".utf8
        guard let first = name.utf8.first, letters.contains(first), name.utf8.count <= 64 else { return false }
        return name.utf8.allSatisfy { letters.contains($0) || others.contains($0) }
    }
}
