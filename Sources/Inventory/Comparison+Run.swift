import ProxmoxNaming
import StorPoolObjects

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
    private enum Group: CaseIterable {
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
            comparison.settle(owners)
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
