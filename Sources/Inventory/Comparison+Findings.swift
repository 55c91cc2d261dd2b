import ProxmoxVE
import StorPool
import Text

extension Comparison {
    /// The anomalies found by comparing the objects with each other.
    ///
    /// - Parameters:
    ///   - storages: the storages to which `Record.storage` refers.
    ///   - vms: the VM ids to which `Record.vm` refers.
    ///   - room: maximum size of the strings of the returned findings, in bytes.
    func findings(
        _ storages: Numbering<StorageKey>, _ vms: Numbering<ExactString>, textBound: Int, room: Int
    ) throws(TooMuchText) -> [Finding] {
        var search = FindingSearch(comparison: self, storages: storages, vms: vms, textBound: textBound, room: room)
        for record in records { try search.compareWithVolume(record) }
        for group in FindingSearch.Group.allCases { try search.findDuplicates(in: group) }
        return search.findings
    }
}

private struct FindingSearch {
    let comparison: Comparison
    let storages: Numbering<StorageKey>
    let vms: Numbering<ExactString>
    let textBound: Int
    var room: Int
    var findings: [Finding] = []

    private static let noVM = SeriesTable<Void>.noVM

    /// Adds a finding. Throws if the strings of all findings are too large.
    private mutating func report(_ record: Record, _ reason: AnomalyReason, _ detail: String) throws(TooMuchText) {
        let id = text(record.id)
        let subject = Subject(
            globalID: id, name: record.name == Comparison.none ? "~" + id : text(record.name), kind: record.kind,
            type: record.type, volumeName: volumeName(record, id), storageKey: storages[record.storage],
            vmid: vms[record.vm].text)
        let finding = Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail))
        findings.append(finding)
        room -= finding.textBytes
        guard room >= 0 else { throw TooMuchText(bound: textBound) }
    }

    typealias Record = Comparison.Record

    // MARK: A snapshot and its volume

    mutating func compareWithVolume(_ record: Record) throws(TooMuchText) {
        guard isVMSnapshot(record), record.parent != Comparison.none, !record.traits.contains(.going) else { return }
        switch comparison.volume(record.parent) {
        case .none:
            try report(
                record, .orphanSnapshot, "pve-snap-v is \(quoted(record.parent)), and no volume has that id")
        case .foreign(let storage):
            try compareStorages(record, volumeStorage: storage)
        case .record(let number):
            let volume = comparison.records[Int(number)]
            try compareStorages(record, volumeStorage: volume.storage)
            try compareVMs(record, volumeVM: volume.vm)
        }
    }

    private mutating func compareStorages(_ record: Record, volumeStorage: UInt32) throws(TooMuchText) {
        guard record.storage != volumeStorage else { return }
        let (own, other) = (storages[record.storage], storages[volumeStorage])
        let differences = [("pve-loc", own.cluster, other.cluster), ("pve", own.storage, other.storage)]
            .filter { !$0.1.isSame(as: $0.2) }
            .map { "\($0.0) is \(Anomaly.quoted($0.1)), but \($0.0) of its volume is \(Anomaly.quoted($0.2))" }
        try report(
            record, .storageMismatch, "\(differences.joined(separator: "; ")); its volume is \(quoted(record.parent))")
    }

    private mutating func compareVMs(_ record: Record, volumeVM: UInt32) throws(TooMuchText) {
        guard volumeVM != Self.noVM, record.vm != Self.noVM, volumeVM != record.vm else { return }
        try report(
            record, .ownerMismatch,
            "pve-vm is \(quotedVM(record.vm)), but pve-vm of its volume \(quoted(record.parent)) is"
                + " \(quotedVM(volumeVM))")
    }

    /// Whether the record is a snapshot that belongs to a VM snapshot. Its other tags may be wrong.
    private func isVMSnapshot(_ record: Record) -> Bool {
        record.kind == .snapshot && (record.type == .snapshot || record.snapshot != Comparison.none)
    }

    // MARK: Duplicates

    enum Group: CaseIterable {
        /// Snapshots with the same storage, volume and VM snapshot name.
        case snapshot
        /// Cloud-init volumes of the same VM.
        case cloudInit
        /// Volumes and bases with the same VM and disk number.
        case disk
    }

    /// The values that are equal in all records of a group.
    private struct GroupKey: Equatable {
        // With the fields in this order, a key and the number of a record take 16 bytes together.
        var members: UInt64
        /// Number of the storage or cluster.
        var owner: UInt32

        init(_ owner: UInt32, _ first: UInt32, _ second: UInt32) {
            (self.owner, members) = (owner, UInt64(first) << 32 | UInt64(second))
        }
    }

    mutating func findDuplicates(in group: Group) throws(TooMuchText) {
        // The records are sorted and not grouped in a dictionary, which would need several times the memory.
        var entries = keyedRecords(in: group)
        entries.sort { ($0.key.members, $0.key.owner, $0.record) < ($1.key.members, $1.key.owner, $1.record) }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].key == entries[start].key { end += 1 }
            if end - start > 1 {
                let records = entries[start..<end].map { comparison.records[Int($0.record)] }
                for duplicates in duplicateGroups(records, in: group) { try report(duplicates) }
            }
            start = end
        }
    }

    private func keyedRecords(in group: Group) -> [(key: GroupKey, record: UInt32)] {
        var clusterNumbers = Numbering<ExactString>()
        let clusters = storages.values.map { clusterNumbers.number(of: ExactString($0.cluster)) }
        let noCluster = clusterNumbers.number(of: ExactString(""))
        return comparison.records.enumerated().compactMap { number, record in
            let cluster = clusters[Int(record.storage)]
            guard cluster != noCluster, let key = key(record, in: group, cluster) else { return nil }
            return (key, UInt32(number))
        }
    }

    private func key(_ record: Record, in group: Group, _ cluster: UInt32) -> GroupKey? {
        switch group {
        case .snapshot:
            guard isVMSnapshot(record), record.parent != Comparison.none, record.snapshot != Comparison.none,
                !storages[record.storage].storage.isEmpty
            else { return nil }
            return GroupKey(record.storage, record.parent, record.snapshot)
        case .cloudInit:
            guard record.traits.isSuperset(of: [.cloudInit, .image]), record.vm != Self.noVM else { return nil }
            return GroupKey(cluster, record.vm, Comparison.none)
        case .disk:
            guard record.traits.isSuperset(of: [.numbered, .image]), record.vm != Self.noVM else { return nil }
            return GroupKey(cluster, record.vm, record.disk)
        }
    }

    /// The duplicate groups among records with the same key. `records` has at least two elements.
    private func duplicateGroups(_ records: [Record], in group: Group) -> [DuplicateGroup] {
        switch group {
        case .snapshot:
            return [
                DuplicateGroup(.duplicateSnapshot, records, reported: records.filter { !$0.traits.contains(.going) })
            ]
        case .cloudInit:
            return [DuplicateGroup(.duplicateCloudinit, records)]
        case .disk:
            let volumes = records.filter { $0.kind == .volume }
            let bases = records.filter { $0.type == .base }
            let disks = volumes.filter { $0.type == .disk }
            return [DuplicateGroup(.duplicateDisk, volumes)]
                + (bases.isEmpty || disks.isEmpty ? [] : [DuplicateGroup(.baseAndDisk, bases + disks)])
        }
    }

    private struct DuplicateGroup {
        /// Maximum number of other members of the group that the detail of an anomaly names.
        static let namedMembers = 3

        let reason: AnomalyReason
        let members: [Record]
        /// Members that have the anomaly.
        let reported: [Record]
        /// Whether the members are one object that StorPool lists several times.
        let isOneObject: Bool

        init(_ reason: AnomalyReason, _ members: [Record], reported: [Record]? = nil) {
            self.reason = reason
            self.members = members
            self.reported = members.count > 1 ? reported ?? members : []
            isOneObject = members.allSatisfy { $0.id == members[0].id }
        }
    }

    private mutating func report(_ group: DuplicateGroup) throws(TooMuchText) {
        for record in group.reported { try report(record, group.reason, detail(record, group)) }
    }

    private func detail(_ record: Record, _ group: DuplicateGroup) -> String {
        let others = others(in: group, than: record)
        let vm = quotedVM(record.vm)
        switch group.reason {
        case .duplicateSnapshot:
            return "pve-snap is \(Anomaly.quoted(snapshotName(record))) and pve-snap-v is \(quoted(record.parent)) here"
                + " and on \(others)"
        case .duplicateCloudinit:
            return "pve-vm is \(vm) and pve-disk is \"cloudinit\" here and on \(others); the plugin uses the newest"
        case .baseAndDisk:
            return "pve-vm is \(vm) and pve-disk is \(Anomaly.quoted(disk(record))) on this \(record.type.text) and on"
                + " \(others): a conversion to a template failed half-way"
        default:
            return "pve-vm is \(vm) and pve-disk is \(Anomaly.quoted(disk(record))) here and on \(others)"
        }
    }

    private func others(in group: DuplicateGroup, than record: Record) -> String {
        let members = group.members
        if group.isOneObject { return "the same object again, which StorPool lists \(members.count) times" }
        // Takes one member more than are named, because the record itself may be among them.
        let named = DuplicateGroup.namedMembers
        let ids = members.prefix(named + 1).filter { $0.id != record.id }.prefix(named)
        let rest = members.count - 1 - ids.count
        return ids.map { shown($0.id) }.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    // MARK: Texts

    private func text(_ id: UInt32) -> String { id == Comparison.none ? "" : comparison.ids[id].text }

    private func quoted(_ id: UInt32) -> String { Anomaly.quoted(text(id)) }

    private func quotedVM(_ vm: UInt32) -> String { Anomaly.quoted(vms[vm].text) }

    private func disk(_ record: Record) -> String {
        record.disk == Comparison.none ? "" : comparison.disks[record.disk].text
    }

    private func snapshotName(_ record: Record) -> String {
        record.snapshot == Comparison.none ? "" : comparison.snapshotNames[record.snapshot].text
    }

    /// The id, in quotes unless it is a valid global id of usual length.
    private func shown(_ id: UInt32) -> String {
        let text = text(id)
        return GlobalID.isValid(text) && text.utf8.count <= Anomaly.shownValueLength ? text : Anomaly.quoted(text)
    }

    /// The name that the tags in the record encode to. For the types that are compared, the name does not depend on
    /// other tags.
    private func volumeName(_ record: Record, _ id: String) -> String? {
        guard record.type != .invalid else { return nil }
        let tags = Tags(
            virt: "pve", contentType: "images", vmid: vms[record.vm].text, disk: disk(record),
            base: record.type == .base ? "1" : nil, snapshot: snapshotName(record), parent: text(record.parent))
        return VolumeName.encode(StorPoolObject(kind: record.kind, name: "~" + id, globalID: id, size: 0, tags: tags))
    }
}
