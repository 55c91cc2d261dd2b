import ProxmoxNaming

/// Numbers the series of a poll as its objects arrive, and has them put in order at its end.
struct SeriesIndex {
    private var places = PlaceTable()
    private var vmids = TextTable()
    /// Neighbours mostly share a VM.
    private var lastVM: (vmid: String, number: TextTable.Index)?
    /// By number.
    fileprivate private(set) var keys: [UInt64] = []
    /// The numbers by the hashes of their keys, by open addressing: at most half full.
    private var slots = [UInt32](repeating: Self.free, count: 64)
    private var lastKey: (key: UInt64, index: Int)?

    /// How many series have a number.
    var count: Int { keys.count }

    /// The number of a series, from 0 in the order of arrival; nil stands for all types together.
    mutating func index(place: Place, type: ObjectType?, vmid: String) -> Int {
        let number = UInt64(places.number(of: place))
        // 24 bits of place, 8 of type, 32 of VM: more places than that do not fit in a reply.
        let key = number << 40 | UInt64(type.map(Self.rank) ?? 0xFF) << 32 | UInt64(self.number(ofVM: vmid))
        if let lastKey, lastKey.key == key { return lastKey.index }
        let index = self.index(of: key)
        lastKey = (key, index)
        return index
    }

    private mutating func index(of key: UInt64) -> Int {
        let slot = slot(of: key)
        if slots[slot] != Self.free { return Int(slots[slot]) }
        slots[slot] = UInt32(keys.count)
        keys.append(key)
        if keys.count * 2 > slots.count { grow() }
        return keys.count - 1
    }

    private static let free = UInt32.max

    /// Where the key is, or the free place where it belongs.
    private func slot(of key: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = hash(key) & mask
        while slots[slot] != Self.free, keys[Int(slots[slot])] != key { slot = (slot + 1) & mask }
        return slot
    }

    /// Keys are small numbers that this table gave out: nobody outside chooses them.
    private func hash(_ key: UInt64) -> Int {
        let (high, low) = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: high ^ low)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: Self.free, count: slots.count * 2)
        for (number, key) in keys.enumerated() { slots[slot(of: key)] = UInt32(number) }
    }

    private mutating func number(ofVM vmid: String) -> TextTable.Index {
        if let lastVM, lastVM.vmid.isSame(as: vmid) { return lastVM.number }
        let number = vmids.insert(vmid)
        lastVM = (vmid, number)
        return number
    }

    /// What a number stands for.
    func key(_ index: Int) -> (place: Place, type: ObjectType?, vmid: String) {
        let key = keys[index]
        let type = UInt8(key >> 32 & 0xFF)
        return (
            places[Int(key >> 40)], type == 0xFF ? nil : Self.types[Int(type)],
            vmids[TextTable.Index(key & 0xFFFF_FFFF)]
        )
    }

    /// The types in the order of their texts, so that samples are sorted by what they show.
    private static let types = ObjectType.allCases.sorted { $0.text < $1.text }
    /// The place of each type among them, by its raw value.
    private static let ranks = ObjectType.allCases.map { type in UInt8(types.firstIndex(of: type) ?? 0) }

    private static func rank(_ type: ObjectType) -> UInt8 { ranks[Int(type.rawValue)] }
}

// MARK: Order

/// Goes through the series of a poll in the order of cluster, storage, type and VM, in short steps.
///
/// Sorted by the last of these first and by each of the others then, with equals left as they are, so that no step
/// compares texts of series.
struct SeriesWalk {
    private static let seriesPerStep = 4096

    private enum Stage {
        case rankVMs
        case sort(by: [SortField])
        case visit
    }

    private enum SortField {
        case vm
        case type
        case place
    }

    private let index: SeriesIndex
    private var stage = Stage.rankVMs
    private var vmRanks: [Int] = []
    private var order: [Int]
    private var next = 0

    init(_ index: SeriesIndex) {
        self.index = index
        order = Array(index.keys.indices)
    }

    /// Does a step; `visit` gets the numbers that are next. False when nothing is left.
    mutating func advance(_ visit: (Int) -> Void) -> Bool {
        switch stage {
        case .rankVMs:
            vmRanks = index.vmRanks()
            stage = .sort(by: [.vm, .type, .place])
        case .sort(let fields):
            if let field = fields.first { sort(by: field) }
            stage = fields.count > 1 ? .sort(by: Array(fields.dropFirst())) : .visit
        case .visit:
            let end = min(order.count, next + Self.seriesPerStep)
            for number in order[next..<end] { visit(number) }
            next = end
            return next < order.count
        }
        return true
    }

    private mutating func sort(by field: SortField) {
        let keys = index.keys
        switch field {
        case .vm:
            let ranks = vmRanks
            order = Self.sorted(order, ranks: ranks.count) { ranks[Int(keys[$0] & 0xFFFF_FFFF)] }
        case .type: order = Self.sorted(order, ranks: 0x100) { Int(keys[$0] >> 32 & 0xFF) }
        case .place:
            let ranks = index.placeRanks()
            order = Self.sorted(order, ranks: ranks.count) { ranks[Int(keys[$0] >> 40)] }
        }
    }

    /// A counting sort, by a rank below `ranks`.
    private static func sorted(_ numbers: [Int], ranks: Int, by rank: (Int) -> Int) -> [Int] {
        var ends = [Int](repeating: 0, count: ranks)
        for number in numbers { ends[rank(number)] += 1 }
        for rank in ends.indices.dropFirst() { ends[rank] += ends[rank - 1] }
        var sorted = numbers
        for number in numbers.reversed() {
            let rank = rank(number)
            ends[rank] -= 1
            sorted[ends[rank]] = number
        }
        return sorted
    }
}

extension SeriesIndex {
    /// The rank of each place, by its number.
    fileprivate func placeRanks() -> [Int] {
        let list = places.places
        return Self.ranks(list.indices.sorted { list[$0] < list[$1] })
    }

    /// The rank of each VM, by its number.
    fileprivate func vmRanks() -> [Int] {
        let texts = (0..<vmids.count).map { number in
            let text = vmids[TextTable.Index(number)]
            return (head: Self.head(of: text), text: text)
        }
        return Self.ranks(
            texts.indices.sorted { left, right in
                texts[left].head == texts[right].head
                    ? texts[left].text.precedesByBytes(texts[right].text) : texts[left].head < texts[right].head
            })
    }

    /// The first eight bytes as a number, by which most texts are told apart.
    private static func head(of text: String) -> UInt64 {
        var head: UInt64 = 0
        var missing = 8
        for byte in text.utf8.prefix(8) {
            head = head << 8 | UInt64(byte)
            missing -= 1
        }
        return missing == 8 ? 0 : head << UInt64(missing * 8)
    }

    /// Turns "which comes at rank i" into "which rank has i".
    private static func ranks(_ order: [Int]) -> [Int] {
        var ranks = [Int](repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }
}
