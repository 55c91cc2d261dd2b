import ProxmoxVE
import StorPool

// MARK: Snapshot and volume

extension Comparison {
    /// Adds the anomalies of a snapshot that has no volume, or differs from its volume.
    private func addSnapshotFindings(_ record: Record, to findings: inout [Finding]) {
        guard isVMSnapshot(record), record.parent != Self.none, !record.traits.contains(.going) else { return }
        switch volume(record.parent) {
        case .none:
            findings.append(
                finding(
                    record, .orphanSnapshot, "pve-snap-v is \(quoted(record.parent)), and no volume has that id"))
        case .foreign(let place):
            if let found = storageMismatch(record, volumePlace: place) { findings.append(found) }
        case .record(let index):
            if let found = storageMismatch(record, volumePlace: records[index].place) { findings.append(found) }
            if let found = ownerMismatch(record, volumeVM: records[index].vm) { findings.append(found) }
        }
    }

    private func ownerMismatch(_ record: Record, volumeVM: TextTable.Index) -> Finding? {
        guard volumeVM != Owners.noVM, record.vm != Owners.noVM, volumeVM != record.vm else { return nil }
        return finding(
            record, .ownerMismatch,
            "pve-vm is \(Anomaly.quoted(vm(record))), but pve-vm of its volume \(quoted(record.parent)) is"
                + " \(Anomaly.quoted(owners.vms[volumeVM]))")
    }

    private func storageMismatch(_ record: Record, volumePlace: PlaceNumber) -> Finding? {
        guard record.place != volumePlace else { return nil }
        let (own, other) = (owners.places[Int(record.place)], owners.places[Int(volumePlace)])
        let differences = [("pve-loc", own.cluster, other.cluster), ("pve", own.storage, other.storage)]
            .filter { !$0.1.isSame(as: $0.2) }
            .map { "\($0.0) is \(Anomaly.quoted($0.1)), but \($0.0) of its volume is \(Anomaly.quoted($0.2))" }
        return finding(
            record, .storageMismatch, "\(differences.joined(separator: "; ")); its volume is \(quoted(record.parent))")
    }

    /// A StorPool snapshot with the name of a VM snapshot, whether or not its other tags are right.
    private func isVMSnapshot(_ record: Record) -> Bool {
        record.kind == .snapshot && (record.type == .snapshot || record.snapshot != Self.none)
    }
}

// MARK: Groups

extension Comparison {
    /// What objects must not share.
    private enum Group: CaseIterable {
        /// Storage, volume and name of a VM snapshot.
        case snapshot
        /// The cloud-init volume of a VM.
        case cloudInit
        /// A VM's disk number.
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
            return record.traits.contains(.cloudInit) ? vmGroup(record, member: Self.none) : nil
        case .disk:
            return record.traits.contains(.numbered) ? vmGroup(record, member: record.disk) : nil
        }
    }

    /// Objects of one VM of one cluster, whatever their storage.
    private func vmGroup(_ record: Record, member: TextTable.Index) -> GroupKey? {
        guard let cluster = clusters[Int(record.place)], record.vm != Owners.noVM, record.traits.contains(.image)
        else { return nil }
        return GroupKey(place: cluster, owner: record.vm, member: member)
    }

    /// The groups of objects that have an anomaly, among records with equal keys.
    private func duplicates(_ records: [Record], in group: Group) -> [DuplicateGroup] {
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

    private func detail(_ record: Record, _ group: DuplicateGroup) -> String {
        let others = others(in: group, than: record)
        let vm = Anomaly.quoted(vm(record))
        switch group.reason {
        case .duplicateSnapshot:
            return "pve-snap is \(quotedWord(record.snapshot)) and pve-snap-v is \(quoted(record.parent)) here and on"
                + " \(others)"
        case .duplicateCloudinit:
            return "pve-vm is \(vm) and pve-disk is \"cloudinit\" here and on \(others); the plugin uses the newest"
        case .baseAndDisk:
            return "pve-vm is \(vm) and pve-disk is \(quotedWord(record.disk)) on this \(record.type.text) and on"
                + " \(others): a conversion to a template failed half-way"
        default:
            return "pve-vm is \(vm) and pve-disk is \(quotedWord(record.disk)) here and on \(others)"
        }
    }

    /// Objects that share what they must not.
    private struct DuplicateGroup {
        /// How many of a group are named in a detail.
        static let namedMembers = 3

        let reason: AnomalyReason
        let members: [Record]
        /// Members that have the anomaly.
        let reported: [Record]
        /// Whether all of them are one object, listed several times.
        let isOneObject: Bool

        init(_ reason: AnomalyReason, _ members: [Record], reported: [Record]? = nil) {
            self.reason = reason
            self.members = members
            self.reported = members.count > 1 ? reported ?? members : []
            isOneObject = members.allSatisfy { $0.id == members[0].id }
        }
    }

    private func others(in group: DuplicateGroup, than record: Record) -> String {
        let members = group.members
        if group.isOneObject { return "the same object again, which StorPool lists \(members.count) times" }
        // One more than are named, because the record itself may be among the first.
        let named = DuplicateGroup.namedMembers
        let ids = members.prefix(named + 1).filter { $0.id != record.id }.prefix(named)
        let rest = members.count - 1 - ids.count
        return ids.map { shown($0.id) }.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
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
            /// Compares each snapshot with its volume.
            case snapshots
            /// Finds the keys that occur twice.
            case sieve(Group)
            /// Collects the records that have them.
            case gather(Group)
            /// Makes the findings, of which there may be as many as records.
            case report(Group)
        }

        private let comparison: Comparison
        private var passes: [Pass] = [.snapshots] + Group.allCases.flatMap { [.sieve($0), .gather($0), .report($0)] }
        private var next = 0
        // What the sieve takes for seen is only a candidate; the second look, which compares keys, decides.
        private var seen = HashSieve(expecting: 0)
        private var candidates: Set<UInt64> = []
        private var gathered: [GroupKey: [Record]] = [:]
        private var groups: [DuplicateGroup] = []
        /// What has been found so far.
        private(set) var findings: [Finding] = []
        /// Bytes of their texts.
        private(set) var findingBytes = 0

        /// The owners are those by whose numbers the objects came.
        init(_ comparison: consuming Comparison, _ owners: Owners) {
            comparison.settle(owners)
            self.comparison = comparison
        }

        /// False when nothing is left.
        mutating func advance() -> Bool {
            guard let pass = passes.first else { return false }
            if case .report(let group) = pass { return report(group) }
            if next == 0, case .sieve = pass { seen = HashSieve(expecting: comparison.records.count) }
            let end = min(comparison.records.count, next + Self.recordsPerStep)
            for number in next..<end { look(at: comparison.records[number], in: pass) }
            next = end
            if next == comparison.records.count { finish(pass) }
            return !passes.isEmpty
        }

        private mutating func look(at record: Record, in pass: Pass) {
            switch pass {
            case .snapshots:
                let count = findings.count
                comparison.addSnapshotFindings(record, to: &findings)
                for index in count..<findings.count { findingBytes += findings[index].textBytes }
            case .sieve(let group):
                guard let hash = comparison.key(record, in: group)?.hash else { return }
                if !seen.insert(hash) { candidates.insert(hash) }
            case .gather(let group):
                guard let key = comparison.key(record, in: group), candidates.contains(key.hash) else { return }
                gathered[key, default: []].append(record)
            case .report: break
            }
        }

        /// Makes some of the findings; false when nothing is left at all.
        private mutating func report(_ pass: Group) -> Bool {
            var left = Self.findingsPerStep
            while left > 0, let group = groups.last {
                let end = min(group.reported.count, next + left)
                for record in group.reported[next..<end] {
                    let finding = comparison.finding(record, group.reason, comparison.detail(record, group))
                    findings.append(finding)
                    findingBytes += finding.textBytes
                }
                left -= end - next
                next = end
                if end == group.reported.count {
                    groups.removeLast()
                    next = 0
                }
            }
            if groups.isEmpty { finish(.report(pass)) }
            return !passes.isEmpty
        }

        private mutating func finish(_ pass: Pass) {
            passes.removeFirst()
            next = 0
            switch pass {
            case .snapshots, .report: break
            case .sieve: if candidates.isEmpty { passes.removeFirst(2) }
            case .gather(let group):
                groups = gathered.values.filter { $0.count > 1 }.flatMap { comparison.duplicates($0, in: group) }
                (candidates, gathered) = ([], [:])
            }
        }
    }
}

// MARK: Findings

extension Comparison {
    private func text(_ index: TextTable.Index) -> String {
        index == Self.none ? "" : texts[index]
    }

    private func word(_ index: TextTable.Index) -> String {
        index == Self.none ? "" : words[index]
    }

    private func quoted(_ index: TextTable.Index) -> String { Anomaly.quoted(text(index)) }

    private func quotedWord(_ index: TextTable.Index) -> String { Anomaly.quoted(word(index)) }

    /// The text of an id for a detail, in quotes unless it is a valid global id.
    private func shown(_ id: TextTable.Index) -> String {
        let text = text(id)
        return GlobalID.isValid(text) && text.utf8.count <= Anomaly.shownValueLength ? text : Anomaly.quoted(text)
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
            base: record.type == .base ? "1" : nil, snapshot: word(record.snapshot), parent: text(record.parent))
        return VolumeName.encode(
            StorPoolObject(kind: record.kind, name: "~" + id, globalID: id, size: 0, tags: tags))
    }
}
