/// Returns the bytes of a reply in portions and keeps track of what has been sent.
struct ReplyWriter {
    let reply: Reply
    private var current: ArraySlice<UInt8>
    private var nextPiece = 0
    private var isRepeating = false
    /// Number of body bytes that were put into `current` so far.
    private var bodyBytes = 0

    init(_ reply: Reply) {
        self.reply = reply
        current = reply.head[...]
    }

    /// The bytes to send next; empty at the end.
    mutating func pending() -> ArraySlice<UInt8> {
        while current.isEmpty, let piece = takePiece() { current = piece }
        return current
    }

    /// Removes bytes that were sent.
    mutating func consume(_ count: Int) {
        current = current.dropFirst(count)
    }

    private mutating func takePiece() -> ArraySlice<UInt8>? {
        let left = reply.limit.map { $0 - bodyBytes } ?? .max
        guard left > 0 else { return nil }
        let repeated = reply.body.repeatedPieces
        if reply.repeats, nextPiece >= repeated.upperBound, !repeated.isEmpty {
            nextPiece = repeated.lowerBound
            isRepeating = true
        }
        guard var piece = reply.body.bytes(ofPiece: nextPiece, isRepetition: isRepeating) else { return nil }
        // Repeating an empty body would loop forever.
        if reply.repeats, isRepeating, reply.body.length == 0 { return nil }
        nextPiece += 1
        if let patch = reply.patch, patch.offset >= bodyBytes, patch.offset < bodyBytes + piece.count {
            piece[piece.startIndex + patch.offset - bodyBytes] = patch.byte
        }
        piece = piece.prefix(left)
        bodyBytes += piece.count
        return piece
    }
}
