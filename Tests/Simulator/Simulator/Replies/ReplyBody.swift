/// The body of a reply, in pieces that are rendered as late as their cache allows.
struct ReplyBody {
    enum Piece {
        case bytes([UInt8])
        /// Elements still to be rendered, each with a comma in front, into so many bytes.
        case elements([SimulatedObject], as: ObjectFormat, length: Int)

        var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .elements(_, _, let length): length
            }
        }

        /// The piece itself.
        func rendered() -> [UInt8] {
            switch self {
            case .bytes(let bytes): return bytes
            case .elements(let objects, let form, let length):
                var bytes: [UInt8] = []
                bytes.reserveCapacity(length)
                for object in objects {
                    bytes.append(UInt8(ascii: ","))
                    bytes.object(object, as: form)
                }
                return bytes
            }
        }
    }

    var pieces: [Piece]
    /// In bytes.
    private(set) var length: Int
    /// The first piece of elements drops the comma in front of its first.
    private var firstElements: Int?

    init(_ bytes: [UInt8]) {
        pieces = [.bytes(bytes)]
        length = bytes.count
    }

    init(_ text: String) { self.init([UInt8](text.utf8)) }

    /// A list: what comes before the first element, the pieces of elements, and what comes after the last.
    init(before: [UInt8], elements: [Piece], after: [UInt8]) {
        pieces = [.bytes(before)] + elements + [.bytes(after)]
        firstElements = elements.isEmpty ? nil : 1
        length = pieces.reduce(0) { $0 + $1.length } - (elements.isEmpty ? 0 : 1)
    }

    /// The bytes of the n-th piece as they go out, nil past the last; on a repetition the first has its comma too.
    func bytes(ofPiece index: Int, isRepetition: Bool = false) -> ArraySlice<UInt8>? {
        guard pieces.indices.contains(index) else { return nil }
        return pieces[index].rendered().dropFirst(index == firstElements && !isRepetition ? 1 : 0)
    }

    /// Puts members in front of the first one of the document.
    mutating func insertAfterBrace(_ members: [UInt8]) {
        guard case .bytes(let first)? = pieces.first, first.first == UInt8(ascii: "{") else { return }
        pieces[0] = .bytes([UInt8(ascii: "{")] + members + first.dropFirst())
        length += members.count
    }

    /// Puts bytes after the last piece.
    mutating func append(_ bytes: [UInt8]) {
        pieces.append(.bytes(bytes))
        length += bytes.count
    }

    /// The pieces that an endless body repeats: those of elements, else all.
    var repeatedPieces: Range<Int> {
        firstElements.map { $0..<(pieces.count - 1) } ?? pieces.indices
    }

    /// All of it at once: for tests and small replies.
    var allBytes: [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(length)
        for index in pieces.indices { all.append(contentsOf: bytes(ofPiece: index) ?? []) }
        return all
    }
}
