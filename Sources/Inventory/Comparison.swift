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
        var place: UInt32
        var vmid: TextTable.Index
        var disk: TextTable.Index
        var contentType: TextTable.Index
        var snapshot: TextTable.Index
        var parent: TextTable.Index
        var type: ObjectType
        var kind: ObjectKind
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

    private static let none = TextTable.Index.max

    private var texts = TextTable()
    private var places: [Place] = []
    private var placeNumbers: [Place: UInt32] = [:]
    private var clusterNumbers: [TextTable.Index] = []
    private var records: [Record] = []
    /// By the number of an id; see `Volume`.
    private var volumes: [UInt32] = []

    /// A volume is there, whoever it belongs to: a snapshot that names it is no orphan.
    mutating func addVolume(_ id: String) {
        note(texts.insert(id), Volume.other)
    }

    /// Takes an object of Proxmox VE that is not on its way out.
    mutating func add(_ object: StorPoolObject, _ type: ObjectType, _ place: Place) {
        guard object.kind == .volume || type == .snapshot || type == .invalid else { return }
        let tags = object.tags
        let id = object.proxmoxID
        let idNumber = texts.insert(id)
        if object.kind == .volume { note(idNumber, UInt32(records.count) + Volume.firstRecord) }
        records.append(
            Record(
                id: idNumber, name: object.name.isUnnamed(id) ? Self.none : texts.insert(object.name),
                place: number(of: place), vmid: number(tags.vmid), disk: number(tags.disk),
                contentType: number(tags.contentType), snapshot: number(tags.snapshot), parent: number(tags.parent),
                type: type, kind: object.kind))
    }

    /// How many objects were taken.
    var count: Int { records.count }

    /// Takes back all but the first `count` objects.
    mutating func forget(from count: Int) {
        records.removeLast(records.count - count)
        for id in volumes.indices where volumes[id] >= UInt32(count) + Volume.firstRecord { volumes[id] = Volume.none }
    }

    /// Compares everything that was added.
    func findings() -> [Finding] {
        lonelySnapshots() + duplicateSnapshots() + duplicateCloudInits() + duplicateDisks()
    }

    private mutating func note(_ id: TextTable.Index, _ volume: UInt32) {
        while volumes.count <= Int(id) { volumes.append(Volume.none) }
        volumes[Int(id)] = max(volumes[Int(id)], volume)
    }

    private mutating func number(_ text: String?) -> TextTable.Index {
        guard let text, !text.isEmpty else { return Self.none }
        return texts.insert(text)
    }

    private mutating func number(of place: Place) -> UInt32 {
        if let number = placeNumbers[place] { return number }
        let number = UInt32(places.count)
        placeNumbers[place] = number
        places.append(place)
        clusterNumbers.append(self.number(place.cluster))
        return number
    }
}

// MARK: One against one

extension Comparison {
    /// Snapshots whose volume is not there, or belongs to another VM.
    private func lonelySnapshots() -> [Finding] {
        records.compactMap { record in
            guard isVMSnapshot(record), record.parent != Self.none else { return nil }
            let parent = Int(record.parent) < volumes.count ? volumes[Int(record.parent)] : Volume.none
            if parent == Volume.none {
                return finding(
                    record, .orphanSnapshot, "pve-snap-v is \(text(record.parent)), and no volume has that id")
            }
            guard parent >= Volume.firstRecord else { return nil }
            let volume = records[Int(parent - Volume.firstRecord)]
            guard volume.vmid != Self.none, record.vmid != Self.none, volume.vmid != record.vmid else { return nil }
            return finding(
                record, .ownerMismatch,
                "pve-vm is \(text(record.vmid)), but the volume \(text(record.parent)) it was taken of is of VM"
                    + " \(text(volume.vmid))")
        }
    }

    /// A StorPool snapshot with the name of a VM snapshot, whether or not its other tags add up.
    private func isVMSnapshot(_ record: Record) -> Bool {
        record.kind == .snapshot && (record.type == .snapshot || record.snapshot != Self.none)
    }
}

// MARK: Groups

extension Comparison {
    private func duplicateSnapshots() -> [Finding] {
        groups { record in
            guard isVMSnapshot(record), record.parent != Self.none, record.snapshot != Self.none,
                !places[Int(record.place)].cluster.isEmpty, !places[Int(record.place)].storage.isEmpty
            else { return nil }
            return GroupKey(place: record.place, owner: record.parent, member: record.snapshot)
        }.map { record, others in
            finding(
                record, .duplicateSnapshot,
                "pve-snap \(text(record.snapshot)) of the volume \(text(record.parent)) is also the snapshot \(others)")
        }
    }

    private func duplicateCloudInits() -> [Finding] {
        let cloudInit = texts.find("cloudinit")
        return groups { record in
            guard record.kind == .volume, record.disk == cloudInit else { return nil }
            return vmGroup(record, member: Self.none)
        }.map { record, others in
            finding(
                record, .duplicateCloudinit,
                "VM \(text(record.vmid)) has another cloud-init volume, \(others); the newest is used")
        }
    }

    private func duplicateDisks() -> [Finding] {
        groups { record in
            guard record.kind == .volume, record.disk != Self.none, text(record.disk).utf8.allSatisfy(\.isDigit)
            else { return nil }
            return vmGroup(record, member: record.disk)
        }.map { record, others in
            finding(
                record, .duplicateDisk,
                "VM \(text(record.vmid)) has disk \(text(record.disk)) twice, here and in \(others)")
        }
    }

    /// Volumes of one VM of one cluster, whatever storage they are on.
    private func vmGroup(_ record: Record, member: TextTable.Index) -> GroupKey? {
        let cluster = clusterNumbers[Int(record.place)]
        guard cluster != Self.none, record.vmid != Self.none, isImage(record) else { return nil }
        return GroupKey(place: cluster, owner: record.vmid, member: member)
    }

    private func isImage(_ record: Record) -> Bool {
        record.contentType != Self.none && ["images", "rootdir"].contains(text(record.contentType))
    }

    /// The members of every group of two or more, each with the ids of some of the others.
    private func groups(by key: (Record) -> GroupKey?) -> [(record: Record, others: String)] {
        // Two keys of one hash only make a candidate; the second look, which compares keys, decides.
        var seen = HashSieve(expecting: records.count)
        var candidates: Set<UInt64> = []
        for record in records {
            guard let hash = key(record)?.hash else { continue }
            if !seen.insert(hash) { candidates.insert(hash) }
        }
        if candidates.isEmpty { return [] }
        var crowded: [GroupKey: [Record]] = [:]
        for record in records {
            if let key = key(record), candidates.contains(key.hash) { crowded[key, default: []].append(record) }
        }
        return crowded.values.filter { $0.count > 1 }.flatMap { members in
            members.map { record in (record, others(in: members, than: record)) }
        }
    }

    /// How many of a group are named in a detail.
    private static var namedMembers: Int { 3 }

    private func others(in members: [Record], than record: Record) -> String {
        // One more than are named, because the record itself may be among the first.
        let ids = members.prefix(Self.namedMembers + 1).filter { $0.id != record.id }.prefix(Self.namedMembers)
        let rest = members.count - 1 - ids.count
        return ids.map { text($0.id) }.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

// MARK: Telling

extension Comparison {
    private func text(_ index: TextTable.Index) -> String {
        index == Self.none ? "" : texts[index]
    }

    private func finding(_ record: Record, _ reason: AnomalyReason, _ detail: String) -> Finding {
        let id = text(record.id)
        let place = places[Int(record.place)]
        let subject = Subject(
            globalID: id, name: record.name == Self.none ? "~" + id : text(record.name), kind: record.kind,
            type: record.type, volumeName: volumeName(record, id), place: place, vmid: text(record.vmid))
        return Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail))
    }

    /// The name of an object that can be compared and has one depends on nothing but what the record holds.
    private func volumeName(_ record: Record, _ id: String) -> String? {
        guard record.type != .invalid else { return nil }
        let tags = Tags(
            virt: "pve", contentType: "images", vmid: text(record.vmid), disk: text(record.disk),
            snapshot: text(record.snapshot), parent: text(record.parent))
        return VolumeName.encode(
            StorPoolObject(kind: record.kind, name: "~" + id, globalID: id, size: 0, tags: tags))
    }
}

extension UInt8 {
    /// `0` to `9`.
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}

extension String {
    /// Whether it is the name of an unnamed object with this id, compared without making a new text.
    fileprivate func isUnnamed(_ id: String) -> Bool {
        utf8.count == id.utf8.count + 1 && utf8.first == UInt8(ascii: "~") && utf8.dropFirst().elementsEqual(id.utf8)
    }
}
