import ProxmoxVE
import StorPool
import Text

/// Keeps a value for each series. A series is a combination of storage, object type and VM.
struct SeriesTable<Value> {
    /// The VM number of objects without a VM.
    static var noVM: UInt32 { 0 }

    private(set) var storages = Numbering<StorageKey>()
    private(set) var vms = Numbering<ExactString>()
    /// Approximate memory of the names of clusters and storages, and of the VM ids.
    private(set) var textBytes = 0
    /// Each key has 24 bits for the storage, 8 for the type and 32 for the VM. The limit on the memory of strings
    /// permits fewer than 2²² storages.
    private var keys = Numbering<UInt64>()
    private var values: [Value] = []
    private let initial: Value

    /// Number of series.
    var count: Int { values.count }

    init(initial: Value) {
        self.initial = initial
        _ = vms.number(of: ExactString(""))
    }

    mutating func storage(of tags: Tags) -> UInt32 {
        let count = storages.values.count
        let key = StorageKey(tags)
        let number = storages.number(of: key)
        if storages.values.count > count {
            textBytes += key.cluster.utf8.count + key.storage.utf8.count + TooMuchText.overhead
        }
        return number
    }

    mutating func vm(of tags: Tags) -> UInt32 {
        guard let vmid = tags.vmid else { return Self.noVM }
        return vms.number(of: vmid, countingBytesIn: &textBytes)
    }

    mutating func update(storage: UInt32, type: ObjectType, vm: UInt32, _ change: (inout Value) -> Void) {
        let number = Int(keys.number(of: UInt64(storage) << 40 | UInt64(type.rawValue) << 32 | UInt64(vm)))
        if number == values.count { values.append(initial) }
        change(&values[number])
    }

    /// Calls `body` for all series, sorted by cluster, storage, type and VM.
    func forEachSorted(_ body: (_ key: SeriesKey, _ value: Value) -> Void) {
        let (storageRanks, vmRanks) = (storages.ranks, vms.ranks)
        let types = ObjectType.allCases.sorted { $0.text < $1.text }
        var typeRanks = [UInt64](repeating: 0, count: types.count)
        for (rank, type) in types.enumerated() { typeRanks[Int(type.rawValue)] = UInt64(rank) }
        var order: [(rank: UInt64, number: Int)] = []
        order.reserveCapacity(keys.values.count)
        for (number, key) in keys.values.enumerated() {
            let storageRank = UInt64(storageRanks[Int(key >> 40)])
            let vmRank = UInt64(vmRanks[Int(key & 0xFFFF_FFFF)])
            order.append((storageRank << 40 | typeRanks[Int(key >> 32 & 0xFF)] << 32 | vmRank, number))
        }
        order.sort { $0.rank < $1.rank }
        for (rank, number) in order {
            let key = keys.values[number]
            let seriesKey = SeriesKey(
                storageKey: storages[UInt32(key >> 40)], type: types[Int(rank >> 32 & 0xFF)],
                vmid: vms[UInt32(key & 0xFFFF_FFFF)].text)
            body(seriesKey, values[number])
        }
    }
}
