import ProxmoxVE
import StorPool
import Text

/// Finds the anomalies that only several objects together have. Holds a record of numbers for each object that can be
/// part of one; each text is held once.
///
/// Snapshots that are being deleted have none of these anomalies. One whose name does not start with `*` counts as a twin
/// of another snapshot, because the plugin's look-ups skip no other.
struct Comparison {
    struct Record {
        var id: TextTable.Index
        /// The StorPool name where it is not `~` and the id; else ``Comparison/none``.
        var name: TextTable.Index
        /// By the numbers of the `Owners`.
        var place: PlaceNumber
        var vm: TextTable.Index
        /// In the table of words; so is `snapshot`.
        var disk: TextTable.Index
        var snapshot: TextTable.Index
        var parent: TextTable.Index
        var type: ObjectType
        var kind: ObjectKind
        var traits: Traits
    }

    typealias PlaceNumber = UInt32

    /// What the tags say, evaluated once: reading them back from the tables would allocate a text each time.
    struct Traits: OptionSet {
        let rawValue: UInt8
        /// Of content type `images` or `rootdir`.
        static let image = Traits(rawValue: 1)
        /// A volume or base whose `pve-disk` is a number.
        static let numbered = Traits(rawValue: 2)
        /// A volume whose `pve-disk` is `cloudinit`.
        static let cloudInit = Traits(rawValue: 4)
        /// Is being deleted.
        static let going = Traits(rawValue: 8)

        /// A function, because an initializer would copy the object.
        static func of(_ object: StorPoolObject, _ type: ObjectType) -> Traits {
            var traits: Traits = []
            if object.tags.contentType == "images" || object.tags.contentType == "rootdir" { traits.insert(.image) }
            if object.isGoing { traits.insert(.going) }
            guard object.kind == .volume || type == .base, let disk = object.tags.disk, !disk.isEmpty else {
                return traits
            }
            if disk.utf8.allSatisfy(\.isDigit) {
                traits.insert(.numbered)
            } else if object.kind == .volume, disk == "cloudinit" {
                traits.insert(.cloudInit)
            }
            return traits
        }
    }

    /// What the members of a group have in common; which of the fields depends on the reason.
    struct GroupKey: Hashable {
        var place: PlaceNumber
        var owner: TextTable.Index
        var member: TextTable.Index

        /// A 64-bit hash; collisions are negligible.
        var hash: UInt64 {
            let words = (UInt64(place) << 32 | UInt64(owner)) ^ (UInt64(member) &* 0x9E37_79B9_7F4A_7C15)
            let (high, low) = words.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            return high ^ low
        }
    }

    /// What is known of an id.
    enum Volume {
        /// No volume has it.
        case none
        /// A volume that is not of Proxmox VE, or of a cluster that was not asked for, has it.
        case foreign(PlaceNumber)
        /// The index of the volume's record.
        case record(Int)

        private static let foreignBit: UInt32 = 1 << 31

        /// Four bytes instead of eight: there is one for each volume.
        init(packed: UInt32) {
            if packed == 0 {
                self = .none
            } else if packed & Self.foreignBit != 0 {
                self = .foreign(packed & ~Self.foreignBit)
            } else {
                self = .record(Int(packed) - 1)
            }
        }

        var packed: UInt32 {
            switch self {
            case .none: 0
            case .foreign(let place): place | Self.foreignBit
            case .record(let index): UInt32(index) + 1
            }
        }
    }

    static let none = TextTable.Index.max

    /// Ids and names.
    private(set) var texts: TextTable
    /// What many objects share: looked up in a table so small that it stays at hand.
    private(set) var words: TextTable
    private var disks = Memory()
    private var snapshots = Memory()
    private var parents = Memory()
    private(set) var records: [Record] = []
    /// By the number of an id, packed.
    private var volumes: [UInt32] = []
    /// What the records' numbers mean, once all of them are there.
    private(set) var owners = Owners()
    private(set) var clusters: [TextTable.Index?] = []

    /// How much room a comparison needs.
    struct Size {
        var records = 0
        var texts = TextTable.Size()
        var words = TextTable.Size()

        /// A sixteenth more.
        var withMargin: Size {
            Size(records: records + records / 16, texts: texts.withMargin, words: words.withMargin)
        }
    }

    /// The room that this one needs.
    var size: Size { Size(records: records.count, texts: texts.size, words: words.size) }

    /// Bytes of all texts.
    var textBytes: Int { texts.byteCount + words.byteCount }

    /// Nothing yet, with room for so much and whatever more comes.
    init(expecting size: Size = Size()) {
        texts = TextTable(expecting: size.texts)
        words = TextTable(expecting: size.words)
        records.reserveCapacity(size.records)
    }

    /// Takes a volume of Proxmox VE.
    mutating func addVolume(_ object: StorPoolObject, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index) {
        let id = number(ofVolume: object)
        volumes[id] = Volume.record(records.count).packed
        append(object, TextTable.Index(id), type, place, vm)
    }

    /// Takes a volume that is not of Proxmox VE, or of a cluster that was not asked for: a snapshot of it is no orphan.
    mutating func addForeignVolume(_ object: StorPoolObject, _ place: Int) {
        let id = number(ofVolume: object)
        if case .record = Volume(packed: volumes[id]) { return }
        volumes[id] = Volume.foreign(PlaceNumber(place)).packed
    }

    /// Takes a snapshot of Proxmox VE, also one that is being deleted.
    mutating func addSnapshot(_ object: StorPoolObject, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index) {
        switch type {
        case .snapshot, .invalid: if object.isNamedAsDeleted { return }
        case .base: if object.isGoing { return }
        default: return
        }
        append(object, texts.append(object.proxmoxID), type, place, vm)
    }

    private mutating func number(ofVolume object: StorPoolObject) -> Int {
        let id = Int(texts.insert(object.proxmoxID))
        while volumes.count <= id { volumes.append(Volume.none.packed) }
        return id
    }

    /// What is known of the volume that a snapshot was taken of.
    func volume(_ id: TextTable.Index) -> Volume {
        Int(id) < volumes.count ? Volume(packed: volumes[Int(id)]) : .none
    }

    private mutating func append(
        _ object: StorPoolObject, _ id: TextTable.Index, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index
    ) {
        let isPlain = Self.isTilde(object.name, and: object.proxmoxID)
        records.append(
            Record(
                id: id, name: isPlain ? Self.none : texts.append(object.name), place: PlaceNumber(place), vm: vm,
                disk: disks.number(object.tags.disk, &words), snapshot: snapshots.number(object.tags.snapshot, &words),
                parent: parents.number(object.tags.parent, &texts), type: type, kind: object.kind,
                traits: Traits.of(object, type)))
    }

    private static func isTilde(_ name: String, and id: String) -> Bool {
        let (name, id) = (name.utf8.span, id.utf8.span)
        return name.count > 0 && name[0] == UInt8(ascii: "~") && name.extracting(1...).isSame(as: id)
    }

    /// Remembers the number of a field's last text, because neighbours often share it.
    private struct Memory {
        private var text = ""
        private var index = Comparison.none

        mutating func number(_ text: String?, _ texts: inout TextTable) -> TextTable.Index {
            guard let text, !text.isEmpty else { return Comparison.none }
            if !text.isSame(as: self.text) {
                index = texts.insert(text)
                self.text = text
            }
            return index
        }
    }

    /// Ends the adding of objects, whose places and VMs have the numbers of these owners.
    mutating func settle(_ owners: Owners) {
        (self.owners, clusters) = (owners, owners.clusters)
    }

    /// A point to which a comparison can go back.
    struct Mark {
        fileprivate var records = 0
        fileprivate var volumes: [UInt32] = []
    }

    /// What has been taken so far.
    var mark: Mark { Mark(records: records.count, volumes: volumes) }

    /// Takes back everything that was added since, foreign volumes included.
    mutating func goBack(to mark: Mark) {
        records.removeLast(records.count - mark.records)
        volumes = mark.volumes
    }
}
