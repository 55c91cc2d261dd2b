import StorPool

/// Small numbers for what many objects share, their storage and their VM: each is looked up once an object, whoever counts
/// or compares it.
struct Owners {
    /// The number of the VM of objects that have none.
    static let noVM: TextTable.Index = 0

    private(set) var places = PlaceTable()
    private(set) var vms = TextTable()
    /// Neighbours mostly share a VM.
    private var lastVM = (text: "", number: Self.noVM)

    /// Bytes of all texts.
    var textBytes: Int { places.byteCount + vms.byteCount }

    init() {
        _ = vms.insert("")
    }

    /// The number of an object's storage.
    mutating func place(of tags: Tags) -> Int {
        places.number(of: tags)
    }

    /// The number of an object's VM.
    mutating func vm(of tags: Tags) -> TextTable.Index {
        guard let vmid = tags.vmid else { return Self.noVM }
        if !vmid.isSame(as: lastVM.text) { lastVM = (vmid, vms.insert(vmid)) }
        return lastVM.number
    }

    /// A number for the cluster of each place, by the place's number; nil where the place has none.
    var clusters: [TextTable.Index?] {
        var clusters = TextTable()
        return places.places.map { $0.cluster.isEmpty ? nil : clusters.insert($0.cluster) }
    }
}
