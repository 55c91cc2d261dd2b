import ProxmoxVE

/// Numbers the series of a poll as its objects arrive, and has them put in order at its end.
struct SeriesIndex {
    /// By number.
    fileprivate private(set) var keys: [UInt64] = []
    /// The numbers by the hashes of their keys, by open addressing: at most half full.
    private var slots = [UInt32](repeating: Self.free, count: 64)
    private var lastKey: (key: UInt64, index: Int)?
    private let seed = UInt64.random(in: .min ... .max)

    /// How many series have a number.
    var count: Int { keys.count }

    /// The number of a series, from 0 in the order of arrival; place and VM by the numbers of their `Owners`.
    mutating func index(place: Int, type: ObjectType, vm: TextTable.Index) -> Int {
        // 24 bits of place, 8 of type, 32 of VM: more places than that do not fit in a reply.
        let key = UInt64(place) << 40 | UInt64(Self.rank(type)) << 32 | UInt64(vm)
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

    /// Keys are small numbers in the order of arrival, which is the API's: the seed keeps it from choosing keys whose
    /// hashes collide.
    private func hash(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: TextTable.fold(TextTable.fold(key ^ seed)))
    }

    private mutating func grow() {
        slots = [UInt32](repeating: Self.free, count: slots.count * 2)
        for (number, key) in keys.enumerated() { slots[slot(of: key)] = UInt32(number) }
    }

    /// The series of a number; `vmids` has the texts by the numbers of the VMs.
    fileprivate func key(_ index: Int, _ places: PlaceTable, _ vmids: [String]) -> SeriesKey {
        let key = keys[index]
        return SeriesKey(
            place: places[Int(key >> 40)], type: Self.types[Int(key >> 32 & 0xFF)],
            vmid: vmids[Int(key & 0xFFFF_FFFF)])
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
    private let owners: Owners
    private var stage = Stage.rankVMs
    /// By number: all series of a VM share its text.
    private var vmids: [String] = []
    private var vmRanks: [Int] = []
    private var order: [Int]
    private var next = 0

    init(_ index: SeriesIndex, _ owners: Owners) {
        (self.index, self.owners) = (index, owners)
        order = Array(index.keys.indices)
    }

    /// Does a step; `visit` gets the next numbers with their series. False when nothing is left.
    mutating func advance(_ visit: (Int, SeriesKey) -> Void) -> Bool {
        switch stage {
        case .rankVMs:
            vmids = index.vmids(owners.vms)
            vmRanks = SeriesIndex.vmRanks(vmids)
            stage = .sort(by: [.vm, .type, .place])
        case .sort(let fields):
            if let field = fields.first { sort(by: field) }
            stage = fields.count > 1 ? .sort(by: Array(fields.dropFirst())) : .visit
        case .visit:
            let end = min(order.count, next + Self.seriesPerStep)
            for number in order[next..<end] { visit(number, index.key(number, owners.places, vmids)) }
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
            let ranks = SeriesIndex.placeRanks(owners.places.places)
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
    fileprivate static func placeRanks(_ places: [Place]) -> [Int] {
        ranks(places.indices.sorted { places[$0] < places[$1] }, of: places.count)
    }

    /// The text of each VM that has series, by its number; empty for others.
    fileprivate func vmids(_ vms: TextTable) -> [String] {
        var vmids = [String](repeating: "", count: vms.count)
        var isUsed = [Bool](repeating: false, count: vms.count)
        for key in keys {
            let number = Int(key & 0xFFFF_FFFF)
            if isUsed[number] { continue }
            isUsed[number] = true
            vmids[number] = vms[TextTable.Index(number)]
        }
        return vmids
    }

    /// The rank of each VM, by its number.
    fileprivate static func vmRanks(_ vmids: [String]) -> [Int] {
        let heads = vmids.map(head)
        let sorted = vmids.indices.sorted { left, right in
            heads[left] == heads[right]
                ? vmids[left].precedesByBytes(vmids[right]) : heads[left] < heads[right]
        }
        return ranks(sorted, of: vmids.count)
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

    /// Turns "which comes at rank i" into "which rank has i", below `count`.
    private static func ranks(_ order: [Int], of count: Int) -> [Int] {
        var ranks = [Int](repeating: 0, count: count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }
}
