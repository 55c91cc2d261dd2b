import ProxmoxNaming
import StorPoolObjects

/// Finds the anomalies that only several objects together have. Holds a record of numbers for each object that can be
/// part of one; each text is held once.
///
/// Snapshots on their way out take part in none: the plugin's look-ups leave them out, and they will be gone.
struct Comparison {
    private struct Record {
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
    private enum DiskRole: UInt8 {
        case none, number, cloudInit

        static func of(_ object: StorPoolObject) -> DiskRole {
            guard object.kind == .volume, let disk = object.tags.disk, !disk.isEmpty else { return .none }
            if disk.utf8.allSatisfy(\.isDigit) { return .number }
            return disk == "cloudinit" ? .cloudInit : .none
        }
    }

    /// What the members of a group have in common; which of the fields depends on the reason.
    private struct GroupKey: Hashable {
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
    private enum Volume {
        static let none: UInt32 = 0
        static let other: UInt32 = 1
        static let firstRecord: UInt32 = 2
    }

    fileprivate static let none = TextTable.Index.max

    /// Ids and names.
    private var texts: TextTable
    /// What many objects share: looked up in a table so small that it stays at hand.
    private var words: TextTable
    private var disks = Memory()
    private var snapshots = Memory()
    private var parents = Memory()
    private var records: [Record] = []
    /// By the number of an id; see `Volume`.
    private var volumes: [UInt32] = []
    /// What the records' numbers mean, once all of them are there.
    private var owners = Owners()
    private var clusters: [TextTable.Index?] = []

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

// MARK: One against one

extension Comparison {
    /// What a snapshot has, if its volume is not there, or belongs to another VM.
    private func lonelySnapshot(_ record: Record) -> Finding? {
        guard isVMSnapshot(record), record.parent != Self.none else { return nil }
        let parent = Int(record.parent) < volumes.count ? volumes[Int(record.parent)] : Volume.none
        if parent == Volume.none {
            return finding(record, .orphanSnapshot, "pve-snap-v is \(text(record.parent)), and no volume has that id")
        }
        guard parent >= Volume.firstRecord else { return nil }
        let volume = records[Int(parent - Volume.firstRecord)]
        guard volume.vm != Owners.noVM, record.vm != Owners.noVM, volume.vm != record.vm else { return nil }
        return finding(
            record, .ownerMismatch,
            "pve-vm is \(vm(record)), but the volume \(text(record.parent)) it was taken of is of VM"
                + " \(vm(volume))")
    }

    /// A StorPool snapshot with the name of a VM snapshot, whether or not its other tags add up.
    private func isVMSnapshot(_ record: Record) -> Bool {
        record.kind == .snapshot && (record.type == .snapshot || record.snapshot != Self.none)
    }
}

// MARK: Groups

extension Comparison {
    /// What objects must not share.
    fileprivate enum Group: CaseIterable {
        case snapshot
        case cloudInit
        case disk
    }

    /// Equal for the records of one group; nil for a record of none.
    private func key(_ record: Record, in group: Group) -> GroupKey? {
        switch group {
        case .snapshot:
            guard isVMSnapshot(record), record.parent != Self.none, record.snapshot != Self.none,
                clusters[Int(record.place)] != nil, !owners.places[Int(record.place)].storage.isEmpty
            else { return nil }
            return GroupKey(place: record.place, owner: record.parent, member: record.snapshot)
        case .cloudInit:
            return record.role == .cloudInit ? vmGroup(record, member: Self.none) : nil
        case .disk:
            return record.role == .number ? vmGroup(record, member: record.disk) : nil
        }
    }

    /// Volumes of one VM of one cluster, whatever storage they are on.
    private func vmGroup(_ record: Record, member: TextTable.Index) -> GroupKey? {
        guard let cluster = clusters[Int(record.place)], record.vm != Owners.noVM, record.isImage else { return nil }
        return GroupKey(place: cluster, owner: record.vm, member: member)
    }

    private func finding(_ record: Record, in group: Group, others: String) -> Finding {
        switch group {
        case .snapshot:
            finding(
                record, .duplicateSnapshot,
                "pve-snap \(word(record.snapshot)) of the volume \(text(record.parent)) is also the snapshot \(others)")
        case .cloudInit:
            finding(
                record, .duplicateCloudinit,
                "VM \(vm(record)) has another cloud-init volume, \(others); the newest is used")
        case .disk:
            finding(
                record, .duplicateDisk,
                "VM \(vm(record)) has disk \(word(record.disk)) twice, here and in \(others)")
        }
    }

    /// How many of a group are named in a detail.
    private static var namedMembers: Int { 3 }

    /// Records that share what they must not.
    private struct Crowd {
        let members: [Record]
        /// Whether all of them are one object, listed several times.
        let isOne: Bool

        init(_ members: [Record]) {
            self.members = members
            isOne = members.allSatisfy { $0.id == members[0].id }
        }
    }

    private func others(in crowd: Crowd, than record: Record) -> String {
        let members = crowd.members
        // One more than are named, because the record itself may be among the first.
        if crowd.isOne { return "the same object, which StorPool lists \(members.count) times" }
        let ids = members.prefix(Self.namedMembers + 1).filter { $0.id != record.id }.prefix(Self.namedMembers)
        let rest = members.count - 1 - ids.count
        return ids.map { text($0.id) }.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

// MARK: The run

extension Comparison {
    /// Compares everything that was added, some thousand records at a step.
    struct Run {
        private static let recordsPerStep = 4096
        /// Each is some texts.
        private static let findingsPerStep = 512

        private enum Pass {
            case lonely
            /// Which keys there are twice.
            case sieve(Group)
            /// Who has them.
            case gather(Group)
            /// What is to be said of these: there may be as many as there are records.
            case tell(Group)
        }

        private let comparison: Comparison
        private var passes: [Pass] = [.lonely] + Group.allCases.flatMap { [.sieve($0), .gather($0), .tell($0)] }
        private var next = 0
        // What the sieve takes for seen is only a candidate; the second look, which compares keys, decides.
        private var seen = HashSieve(expecting: 0)
        private var candidates: Set<UInt64> = []
        private var crowded: [GroupKey: [Record]] = [:]
        private var groups: [Crowd] = []
        /// What has been found so far.
        private(set) var findings: [Finding] = []

        /// The owners are those by whose numbers the objects came.
        init(_ comparison: consuming Comparison, _ owners: Owners) {
            comparison.owners = owners
            comparison.clusters = owners.clusters
            self.comparison = comparison
        }

        /// False when nothing is left.
        mutating func advance() -> Bool {
            guard let pass = passes.first else { return false }
            if case .tell(let group) = pass { return tell(group) }
            if next == 0, case .sieve = pass { seen = HashSieve(expecting: comparison.records.count) }
            let end = min(comparison.records.count, next + Self.recordsPerStep)
            for number in next..<end { look(at: comparison.records[number], in: pass) }
            next = end
            if next == comparison.records.count { finish(pass) }
            return !passes.isEmpty
        }

        private mutating func look(at record: Record, in pass: Pass) {
            switch pass {
            case .lonely:
                if let finding = comparison.lonelySnapshot(record) { findings.append(finding) }
            case .sieve(let group):
                guard let hash = comparison.key(record, in: group)?.hash else { return }
                if !seen.insert(hash) { candidates.insert(hash) }
            case .gather(let group):
                guard let key = comparison.key(record, in: group), candidates.contains(key.hash) else { return }
                crowded[key, default: []].append(record)
            case .tell: break
            }
        }

        /// Says some of what is to be said; false when nothing is left at all.
        private mutating func tell(_ group: Group) -> Bool {
            var left = Self.findingsPerStep
            while left > 0, let crowd = groups.last {
                let end = min(crowd.members.count, next + left)
                for record in crowd.members[next..<end] {
                    let others = comparison.others(in: crowd, than: record)
                    findings.append(comparison.finding(record, in: group, others: others))
                }
                left -= end - next
                next = end
                if end == crowd.members.count {
                    groups.removeLast()
                    next = 0
                }
            }
            if groups.isEmpty { finish(.tell(group)) }
            return !passes.isEmpty
        }

        private mutating func finish(_ pass: Pass) {
            passes.removeFirst()
            next = 0
            switch pass {
            case .lonely: break
            case .sieve: if candidates.isEmpty { passes.removeFirst(2) }
            case .gather:
                groups = crowded.values.filter { $0.count > 1 }.map(Crowd.init)
                (candidates, crowded) = ([], [:])
            case .tell: break
            }
        }
    }
}

// MARK: Telling

extension Comparison {
    private func text(_ index: TextTable.Index) -> String {
        index == Self.none ? "" : texts[index]
    }

    private func word(_ index: TextTable.Index) -> String {
        index == Self.none ? "" : words[index]
    }

    private func vm(_ record: Record) -> String {
        owners.vms[record.vm]
    }

    private func finding(_ record: Record, _ reason: AnomalyReason, _ detail: String) -> Finding {
        let id = text(record.id)
        let place = owners.places[Int(record.place)]
        let subject = Subject(
            globalID: id, name: record.name == Self.none ? "~" + id : text(record.name), kind: record.kind,
            type: record.type, volumeName: volumeName(record, id), place: place, vmid: vm(record))
        return Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail))
    }

    /// The name of an object that can be compared and has one depends on nothing but what the record holds.
    private func volumeName(_ record: Record, _ id: String) -> String? {
        guard record.type != .invalid else { return nil }
        let tags = Tags(
            virt: "pve", contentType: "images", vmid: vm(record), disk: word(record.disk),
            snapshot: word(record.snapshot), parent: text(record.parent))
        return VolumeName.encode(
            StorPoolObject(kind: record.kind, name: "~" + id, globalID: id, size: 0, tags: tags))
    }
}

extension UInt8 {
    /// `0` to `9`.
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
