import ProxmoxNaming
import StorPoolObjects

/// Finds the anomalies that only several objects together have. Holds a record of numbers for each object that can be
/// part of one; each text is held once.
///
/// Snapshots on their way out take part in none: the plugin's look-ups leave them out, and they will be gone.
struct Comparison {
    struct Record {
        var id: TextTable.Index
        /// The StorPool name where it is not `~` and the id; else ``Comparison/none``.
        var name: TextTable.Index
        /// By the numbers of the `Owners`.
        var place: UInt32
        var vm: TextTable.Index
        /// In the table of words; so is `snapshot`.
        var disk: TextTable.Index
        var snapshot: TextTable.Index
        var parent: TextTable.Index
        var type: ObjectType
        var kind: ObjectKind
        /// Of content type `images` or `rootdir`.
        var isImage: Bool
        var role: DiskRole
    }

    /// What a volume's `pve-disk` says, told once: reading it back from the table would cost a text each time.
    enum DiskRole: UInt8 {
        case none, number, cloudInit

        static func of(_ object: StorPoolObject) -> DiskRole {
            guard object.kind == .volume, let disk = object.tags.disk, !disk.isEmpty else { return .none }
            if disk.utf8.allSatisfy(\.isDigit) { return .number }
            return disk == "cloudinit" ? .cloudInit : .none
        }
    }

    /// What the members of a group have in common; which of the fields depends on the reason.
    struct GroupKey: Hashable {
        var place: UInt32
        var owner: TextTable.Index
        var member: TextTable.Index

        /// The same for equal keys; for others, as good as never.
        var hash: UInt64 {
            let words = (UInt64(place) << 32 | UInt64(owner)) ^ (UInt64(member) &* 0x9E37_79B9_7F4A_7C15)
            let (high, low) = words.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            return high ^ low
        }
    }

    /// What is known of an id: nothing, that a volume of nobody's interest has it, or the record of its volume.
    enum Volume {
        static let none: UInt32 = 0
        static let other: UInt32 = 1
        static let firstRecord: UInt32 = 2
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
    /// By the number of an id; see `Volume`.
    private(set) var volumes: [UInt32] = []
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

    /// Nothing yet, with room for so much and whatever more comes.
    init(expecting size: Size = Size()) {
        texts = TextTable(expecting: size.texts)
        words = TextTable(expecting: size.words)
        records.reserveCapacity(size.records)
    }

    /// Takes a volume of Proxmox VE.
    mutating func addVolume(_ object: StorPoolObject, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index) {
        let id = number(ofVolume: object)
        volumes[id] = UInt32(records.count) + Volume.firstRecord
        append(object, TextTable.Index(id), type, place, vm)
    }

    /// Notes that a volume is there that is of nobody's interest: a snapshot that names it is no orphan.
    mutating func addForeignVolume(_ object: StorPoolObject) {
        let id = number(ofVolume: object)
        volumes[id] = max(volumes[id], Volume.other)
    }

    /// Takes a snapshot of Proxmox VE that is not on its way out.
    mutating func addSnapshot(_ object: StorPoolObject, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index) {
        guard type == .snapshot || type == .invalid else { return }
        append(object, texts.append(object.proxmoxID), type, place, vm)
    }

    private mutating func number(ofVolume object: StorPoolObject) -> Int {
        let id = Int(texts.insert(object.proxmoxID))
        while volumes.count <= id { volumes.append(Volume.none) }
        return id
    }

    private mutating func append(
        _ object: StorPoolObject, _ id: TextTable.Index, _ type: ObjectType, _ place: Int, _ vm: TextTable.Index
    ) {
        let isPlain = Self.isTilde(object.name, and: object.proxmoxID)
        records.append(
            Record(
                id: id, name: isPlain ? Self.none : texts.append(object.name), place: UInt32(place), vm: vm,
                disk: disks.number(object.tags.disk, &words), snapshot: snapshots.number(object.tags.snapshot, &words),
                parent: parents.number(object.tags.parent, &texts), type: type, kind: object.kind,
                isImage: object.tags.contentType == "images" || object.tags.contentType == "rootdir",
                role: DiskRole.of(object)))
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

    /// All objects are there, and came by the numbers of these.
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

    /// Takes back everything that was added since, volumes of nobody's interest included.
    mutating func goBack(to mark: Mark) {
        records.removeLast(records.count - mark.records)
        volumes = mark.volumes
    }
}

extension UInt8 {
    /// `0` to `9`.
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
