import System

/// The bytes of a reply that are still to be written.
struct ReplyBytes {
    private let pieces: [[UInt8]]
    private var piece = 0
    private var offset = 0
    /// See `Response.bodyNumber`.
    let bodyNumber: UInt64?

    init(head: [UInt8], body: [[UInt8]], number: UInt64?) {
        bodyNumber = number
        pieces = ([head] + body).filter { !$0.isEmpty }
    }

    var isEmpty: Bool {
        piece == pieces.count
    }

    /// Writes until everything is written, the socket accepts no more bytes, or the budget in bytes is used up.
    ///
    /// - Returns: false if the socket accepts no more bytes now.
    mutating func write(to socket: borrowing Descriptor, budget: inout Int) throws(SystemError) -> Bool {
        while !isEmpty, budget > 0 {
            let bytes = pieces[piece]
            let end = min(bytes.count, offset + budget)
            let isLast = piece == pieces.count - 1 && end == bytes.count
            guard let written = try socket.send(bytes[offset..<end], moreFollows: !isLast) else { return false }
            budget -= written
            offset += written
            if offset == bytes.count { (piece, offset) = (piece + 1, 0) }
        }
        return true
    }
}
