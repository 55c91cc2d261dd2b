import CShims
import Glibc

/// Sends structured entries to the journal of this machine, and never waits for it.
package final class Journal {
    /// Where the journal listens, and where `sd_journal_sendv` sends to.
    package static let socketPath = "/run/systemd/journal/socket"
    /// Fields of one entry; libsystemd puts five times as many structures on the stack.
    package static let maximumFields = 128

    private let probe: JournalProbe

    /// Succeeds without a journal too: one may be started later, or again.
    ///
    /// - Parameter socketPath: what decides whether there is a journal; for tests.
    package init(socketPath: String = Journal.socketPath) throws(SystemError) {
        probe = try JournalProbe(path: socketPath)
    }

    /// Whether there is a journal to send to.
    package var isAvailable: Bool {
        do throws(SystemError) {
            try probe.connect()
            return true
        } catch {
            return false
        }
    }

    /// Whether an entry can be sent now: false without a journal, and while it is behind with reading.
    ///
    /// Nothing reports when that changes: ask again after a while.
    package var isWritable: Bool {
        do throws(SystemError) {
            try probe.checkWritable()
            return true
        } catch {
            return false
        }
    }

    /// Sends one entry (`sd_journal_sendv`).
    ///
    /// Throws `ENOENT` or `ECONNREFUSED` without a journal, `EAGAIN` where sending would wait for it, `EINVAL` for a name
    /// that is none (`systemd.journal-fields(7)`: A to Z, digits and underscores, no underscore or digit first, at most
    /// 64 bytes), for no fields, and for too many.
    ///
    /// - Parameter fields: values may hold any bytes, line ends and NUL included; names may repeat.
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

    /// Copies all fields into one buffer, so that the vector's pointers are good for the length of the call.
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
        return bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            let vectors = lengths.map { length in
                defer { offset += length }
                return iovec(iov_base: buffer.baseAddress?.advanced(by: offset), iov_len: length)
            }
            return sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }

    private static func isFieldName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first else { return false }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains(first)
            && name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }
}
