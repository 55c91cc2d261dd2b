/// The body of a reply, in pieces. Pieces that are not cached are rendered when they are sent.
struct ReplyBody {
    enum Piece {
        case bytes([UInt8])
        /// Elements that are rendered when they are sent, each with a leading comma. `length` is their length in bytes.
        case elements([SimulatedObject], as: ObjectFormat, length: Int)

        var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .elements(_, _, let length): length
            }
        }

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
    /// Length of the whole body in bytes.
    private(set) var length: Int
    /// The index of the first piece of elements, which is sent without its leading comma.
    private var firstElements: Int?

    init(_ bytes: [UInt8]) {
        pieces = [.bytes(bytes)]
        length = bytes.count
    }

    init(_ text: String) { self.init([UInt8](text.utf8)) }

    /// A body that has the elements of a list between `before` and `after`.
    init(before: [UInt8], elements: [Piece], after: [UInt8]) {
        pieces = [.bytes(before)] + elements + [.bytes(after)]
        firstElements = elements.isEmpty ? nil : 1
        length = pieces.reduce(0) { $0 + $1.length } - (elements.isEmpty ? 0 : 1)
    }

    /// The bytes to send for a piece; nil after the last piece. A repeated piece keeps its leading comma.
    func bytes(ofPiece index: Int, isRepetition: Bool = false) -> ArraySlice<UInt8>? {
        guard pieces.indices.contains(index) else { return nil }
        return pieces[index].rendered().dropFirst(index == firstElements && !isRepetition ? 1 : 0)
    }

    /// Inserts members before the first member of the body.
    mutating func insertAfterBrace(_ members: [UInt8]) {
        guard case .bytes(let first)? = pieces.first, first.first == UInt8(ascii: "{") else { return }
        pieces[0] = .bytes([UInt8(ascii: "{")] + members + first.dropFirst())
        length += members.count
    }

    mutating func append(_ bytes: [UInt8]) {
        pieces.append(.bytes(bytes))
        length += bytes.count
    }

    /// The pieces that an endless body repeats: those with elements, or all pieces if none has elements.
    var repeatedPieces: Range<Int> {
        firstElements.map { $0..<(pieces.count - 1) } ?? pieces.indices
    }

    /// The whole body.
    var allBytes: [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(length)
        for index in pieces.indices { all.append(contentsOf: bytes(ofPiece: index) ?? []) }
        return all
    }
}
