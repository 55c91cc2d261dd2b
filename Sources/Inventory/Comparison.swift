import ProxmoxVE
import StorPool
import Text

/// Records of the objects that are compared with each other.
///
/// Snapshots being deleted have no anomalies found by comparison. However, a disk snapshot being deleted counts as a
/// duplicate of another, unless its name starts with `*`: the plugin's searches skip only such names.
struct Comparison {
    struct Record {
        var id: UInt32
        /// ``Comparison/none`` if the StorPool name is `~` followed by the id.
        var name: UInt32
        var storage: UInt32
        var vm: UInt32
        var disk: UInt32
        var snapshot: UInt32
        /// The number in `ids` of the volume id in `pve-snap-v`; ``Comparison/none`` without this tag.
        var parent: UInt32
        var type: ObjectType
        var kind: ObjectKind
        var traits: Traits
    }

    /// Properties of an object, computed when it is added.
    struct Traits: OptionSet {
        let rawValue: UInt8
        /// The content type is `images` or `rootdir`.
        static let image = Traits(rawValue: 1)
        /// A volume or base whose `pve-disk` is a number.
        static let numbered = Traits(rawValue: 2)
        /// A volume whose `pve-disk` is `cloudinit`.
        static let cloudInit = Traits(rawValue: 4)
        /// The snapshot is being deleted.
        static let going = Traits(rawValue: 8)
    }

    enum Volume {
        case none
        /// A foreign volume. Volumes of excluded clusters are foreign too.
        case foreign(storage: UInt32)
        case record(UInt32)
    }

    /// Used instead of a number if the value is missing.
    static let none = UInt32.max

    struct Size {
        var records = 0
        var ids = 0
        var lookups = 0
    }

    /// Ids of objects, volume ids in `pve-snap-v`, and StorPool names that differ from the id.
    private(set) var ids = Numbering<ExactString>()
    private(set) var disks = Numbering<ExactString>()
    private(set) var snapshotNames = Numbering<ExactString>()
    private(set) var records: [Record] = []
    /// Indexed by the number of the volume's id.
    private var volumes: [Volume] = []
    private(set) var textBytes = 0

    init(reserving size: Size) {
        // Reserves a sixteenth more than the last poll needed, because clusters grow.
        ids.reserveCapacity(size.ids + size.ids / 16, lookups: size.lookups)
        records.reserveCapacity(size.records + size.records / 16)
    }

    var size: Size { Size(records: records.count, ids: ids.values.count, lookups: ids.lookupCount) }

    /// Frees the memory for lookups. Called after all objects have been added.
    mutating func endLookups() {
        ids.endLookups()
    }

    mutating func addVolume(_ object: StorPoolObject, _ type: ObjectType, _ storage: UInt32, _ vm: UInt32) {
        let id = number(ofVolume: object)
        volumes[Int(id)] = .record(UInt32(records.count))
        append(object, id, type, storage, vm)
    }

    /// Adds a foreign volume, because a PVE snapshot of it is not an orphan.
    mutating func addForeignVolume(_ object: StorPoolObject, _ storage: UInt32) {
        let id = Int(number(ofVolume: object))
        if case .record = volumes[id] { return }
        volumes[id] = .foreign(storage: storage)
    }

    mutating func addSnapshot(_ object: StorPoolObject, _ type: ObjectType, _ storage: UInt32, _ vm: UInt32) {
        switch type {
        case .snapshot, .invalid: break
        case .base: if object.isGoing { return }
        default: return
        }
        textBytes += object.proxmoxID.utf8.count + TooMuchText.overhead
        append(object, ids.append(ExactString(object.proxmoxID)), type, storage, vm)
    }

    func volume(_ id: UInt32) -> Volume {
        Int(id) < volumes.count ? volumes[Int(id)] : .none
    }

    private mutating func number(ofVolume object: StorPoolObject) -> UInt32 {
        let id = ids.number(of: object.proxmoxID, countingBytesIn: &textBytes)
        while volumes.count <= Int(id) { volumes.append(.none) }
        return id
    }

    private mutating func append(
        _ object: StorPoolObject, _ id: UInt32, _ type: ObjectType, _ storage: UInt32, _ vm: UInt32
    ) {
        records.append(
            Record(
                id: id, name: nameNumber(object), storage: storage, vm: vm,
                disk: Self.number(object.tags.disk, in: &disks, &textBytes),
                snapshot: Self.number(object.tags.snapshot, in: &snapshotNames, &textBytes),
                parent: Self.number(object.tags.parent, in: &ids, &textBytes), type: type, kind: object.kind,
                traits: Self.traits(object, type)))
    }

    private mutating func nameNumber(_ object: StorPoolObject) -> UInt32 {
        let (name, id) = (object.name.utf8.span, object.proxmoxID.utf8.span)
        if name.count == id.count + 1, name[0] == UInt8(ascii: "~"), id.indices.allSatisfy({ name[$0 + 1] == id[$0] }) {
            return Self.none
        }
        textBytes += name.count + TooMuchText.overhead
        return ids.append(ExactString(object.name))
    }

    private static func number(
        _ text: String?, in numbers: inout Numbering<ExactString>, _ textBytes: inout Int
    ) -> UInt32 {
        guard let text, !text.isEmpty else { return none }
        return numbers.number(of: text, countingBytesIn: &textBytes)
    }

    private static func traits(_ object: StorPoolObject, _ type: ObjectType) -> Traits {
        var traits: Traits = []
        if object.tags.contentType == "images" || object.tags.contentType == "rootdir" { traits.insert(.image) }
        if object.isGoing { traits.insert(.going) }
        guard object.kind == .volume || type == .base, let disk = object.tags.disk, !disk.isEmpty else { return traits }
        if disk.utf8.allSatisfy(\.isDigit) {
            traits.insert(.numbered)
        } else if object.kind == .volume, disk == "cloudinit" {
            traits.insert(.cloudInit)
        }
        return traits
    }
}
