/// Gives equal texts the same small number, so that what is kept of an object is a few machine words.
///
/// A text takes its bytes, four bytes of offset, and some six bytes of an open-addressing table.
struct TextTable {
    /// Numbers are dense, from 0, in the order of first insertion.
    typealias Index = UInt32

    private static let free = Index.max
    private static let initialSlots = 64

    /// All texts, one behind the other.
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [UInt32] = []
    /// The number of the text whose hash belongs here, or to a place before it without a gap. At most half full.
    private var slots: [Index]
    /// How many numbers have a place.
    private var searchable = 0
    /// Differs in each table, so that nobody outside can choose texts whose hashes collide.
    private let seed = UInt64.random(in: .min ... .max)

    /// How many texts there are.
    var count: Int { ends.count }

    /// Bytes of all texts.
    var byteCount: Int { bytes.count }

    /// How much room a table needs.
    struct Size {
        var bytes = 0
        var texts = 0
        var searchable = 0

        /// A sixteenth more.
        var withMargin: Size {
            Size(bytes: bytes + bytes / 16, texts: texts + texts / 16, searchable: searchable + searchable / 16)
        }
    }

    /// The room that this one needs.
    var size: Size { Size(bytes: bytes.count, texts: ends.count, searchable: searchable) }

    /// A table with room for so much, and whatever more is put in.
    init(expecting size: Size = Size()) {
        bytes.reserveCapacity(size.bytes)
        ends.reserveCapacity(size.texts)
        var slotCount = Self.initialSlots
        while slotCount < size.searchable * 2 { slotCount *= 2 }
        slots = [Index](repeating: Self.free, count: slotCount)
    }

    /// The number of a text, a new one when it is new.
    mutating func insert(_ text: String) -> Index {
        let key = text.utf8.span
        let slot = slot(of: key)
        if slots[slot] != Self.free { return slots[slot] }
        let index = append(text)
        slots[slot] = index
        searchable += 1
        if searchable * 2 > slots.count { grow() }
        return index
    }

    /// A new number for a text that nobody will look for: no search, and no place in the table.
    mutating func append(_ text: String) -> Index {
        // Behind four gigabytes, which no cluster's names take, a text is held as an empty one.
        if bytes.count + text.utf8.count <= UInt32.max { bytes.append(contentsOf: text.utf8) }
        ends.append(UInt32(bytes.count))
        return Index(truncatingIfNeeded: ends.count - 1)
    }

    /// The number of a text that is already in the table.
    func find(_ text: String) -> Index? {
        let slot = slots[slot(of: text.utf8.span)]
        return slot == Self.free ? nil : slot
    }

    /// The text of a number that this table gave out.
    subscript(_ index: Index) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    private func range(_ index: Index) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[Int(index) - 1]))..<Int(ends[Int(index)])
    }

    /// Where the text is, or the free place where it belongs.
    private func slot(of key: Span<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(key)) & mask
        while slots[slot] != Self.free, !equals(slots[slot], key) { slot = (slot + 1) & mask }
        return slot
    }

    private func equals(_ index: Index, _ key: Span<UInt8>) -> Bool {
        bytes.span.extracting(range(index)).isSame(as: key)
    }

    private mutating func grow() {
        var grown = [Index](repeating: Self.free, count: slots.count * 2)
        let mask = grown.count - 1
        let texts = bytes
        let all = texts.span
        for index in slots where index != Self.free {
            var slot = Int(truncatingIfNeeded: hash(all.extracting(range(index)))) & mask
            while grown[slot] != Self.free { slot = (slot + 1) & mask }
            grown[slot] = index
        }
        slots = grown
    }

    /// Eight bytes at a time, each folded by the high and low halves of a product.
    @inline(__always)
    private func hash(_ key: Span<UInt8>) -> UInt64 {
        var state = seed ^ UInt64(key.count)
        let bytes = unsafe key.bytes
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            state = Self.fold(state ^ bytes.word(at: offset))
            offset += 8
        }
        return Self.fold(Self.fold(state ^ bytes.lastWord(from: offset)))
    }

    /// A number of which every bit depends on all bits of the value.
    @inline(__always)
    static func fold(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}
