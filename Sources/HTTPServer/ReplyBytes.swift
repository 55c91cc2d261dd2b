import Glibc
import System

/// The bytes of a reply that are still to be written.
struct ReplyBytes {
    private let pieces: [[UInt8]]
    private var piece = 0
    private var offset = 0

    init(head: [UInt8], body: [[UInt8]]) {
        pieces = ([head] + body).filter { !$0.isEmpty }
    }

    var isEmpty: Bool {
        piece == pieces.count
    }

    /// Writes until all is written, the socket takes no more, or the budget is spent.
    ///
    /// - Returns: false where the socket takes no more for now.
    mutating func write(to descriptor: Int32, budget: inout Int) throws(SystemError) -> Bool {
        while !isEmpty, budget > 0 {
            let bytes = pieces[piece]
            let length = min(bytes.count - offset, budget)
            // MSG_NOSIGNAL: a client that went away must not end the process. MSG_MORE: pieces share segments.
            let isLast = piece == pieces.count - 1 && offset + length == bytes.count
            let flags = Int32(MSG_NOSIGNAL) | (isLast ? 0 : Int32(MSG_MORE))
            let written: Int
            do throws(SystemError) {
                written = try SystemError.check("send") {
                    bytes.withUnsafeBytes { send(descriptor, $0.baseAddress.map { $0 + offset }, length, flags) }
                }
            } catch {
                if error.code == EAGAIN || error.code == EWOULDBLOCK { return false }
                throw error
            }
            budget -= written
            offset += written
            if offset == bytes.count {
                piece += 1
                offset = 0
            }
        }
        return true
    }
}
