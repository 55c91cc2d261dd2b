import ProxmoxNaming

/// Numbers the series of a poll as its objects arrive, and puts them in order at its end.
struct SeriesIndex {
    private var places = PlaceTable()
    private var vmids = TextTable()
    private var indexes: [UInt64: Int] = [:]
    private var keys: [UInt64] = []
    private var lastKey: (key: UInt64, index: Int)?

    /// The number of a series, from 0 in the order of arrival; nil stands for all types together.
    mutating func index(place: Place, type: ObjectType?, vmid: String) -> Int {
        let number = UInt64(places.number(of: place))
        // 24 bits of place, 8 of type, 32 of VM: more places than that do not fit in a reply.
        let key = number << 40 | UInt64(type.map(Self.rank) ?? 0xFF) << 32 | UInt64(vmids.insert(vmid))
        if let lastKey, lastKey.key == key { return lastKey.index }
        let index = indexes[key] ?? keys.count
        if index == keys.count {
            indexes[key] = index
            keys.append(key)
        }
        lastKey = (key, index)
        return index
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

    /// The numbers of all series in the order of cluster, storage, type and VM.
    func sorted() -> [Int] {
        let list = places.places
        let placeRanks = Self.ranks(list.indices.sorted { list[$0] < list[$1] })
        let vmTexts = (0..<vmids.count).map { vmids[TextTable.Index($0)] }
        let vmRanks = Self.ranks(vmTexts.indices.sorted { vmTexts[$0] < vmTexts[$1] })
        // Comparing ranks instead of texts makes the sort of the many series a sort of integers.
        let ranks = keys.map { key in
            let place = UInt64(placeRanks[Int(key >> 40)])
            let vm = UInt64(vmRanks[Int(key & 0xFFFF_FFFF)])
            return place << 40 | (key & 0xFF_0000_0000) | vm
        }
        return keys.indices.sorted { ranks[$0] < ranks[$1] }
    }

    /// The types in the order of their texts, so that samples are sorted by what they show.
    private static let types = ObjectType.allCases.sorted { $0.text < $1.text }
    private static let rankOfType: [ObjectType: UInt8] = Dictionary(
        uniqueKeysWithValues: types.enumerated().map { ($0.element, UInt8($0.offset)) })

    private static func rank(_ type: ObjectType) -> UInt8 { rankOfType[type] ?? 0 }

    /// Turns "which comes at rank i" into "which rank has i".
    private static func ranks(_ order: [Int]) -> [Int] {
        var ranks = [Int](repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }
}
