// The initial objects of the cluster.

extension SimulatedCluster {
    /// A cluster with at least this number of objects starts with an anomaly of every reason.
    static let minimumForAnomalies = 300

    /// Adds exactly `options.objects` objects.
    func populate() {
        let wanted = options.objects
        addLibrary(wanted / 80)
        let anomalies = anomaliesAtStart()
        // Planting an anomaly adds at most two objects and a VM with one disk.
        let reserve = anomalies.count * 3 + wanted / 25
        while store.count < wanted - reserve {
            populateMachine(limit: wanted - reserve - store.count)
        }
        for reason in anomalies { plant(reason) }
        while store.count < wanted { addForeignObject() }
    }

    private func anomaliesAtStart() -> [AnomalyReason] {
        guard options.hasAnomalies, options.objects >= Self.minimumForAnomalies else { return [] }
        return AnomalyReason.allCases.flatMap {
            [AnomalyReason](repeating: $0, count: max(1, $0.weight * options.objects / 40_000))
        }
    }

    /// Adds a VM that has, with its snapshots, at most `limit` objects.
    private func populateMachine(limit: Int) {
        let age = age(upToDays: 700)
        let machine = createMachine(age: age, limit: limit)
        let room = { limit - machine.objectCount }
        let snapshots = random.pick(weighted: [(0, 34), (1, 25), (2, 18), (3, 13), (5, 7), (9, 3)]) ?? 0
        var moments = (0..<snapshots).map { _ in UInt64(60 + random.below(Int(age))) }
        moments.sort(by: >)
        for moment in moments {
            let savesState = random.chance(12)
            guard room() >= machine.disks.count + (savesState ? 1 : 0) else { break }
            takeSnapshot(of: machine, age: moment, savesState: savesState)
        }
        if random.chance(2), room() > 0 { hibernate(machine, age: self.age(upToDays: 20)) }
        if random.chance(2), room() > 0 { addSnapshotBeingDeleted(of: machine) }
    }

    /// Adds a snapshot that is `deleted` or `transient`.
    private func addSnapshotBeingDeleted(of machine: VirtualMachine) {
        guard let disk = machine.disks.first, let volume = store[disk] else { return }
        if random.chance(60) {
            let snapshot = addDiskSnapshot(
                of: volume, machine: machine, name: "expired", created: time - age(upToDays: 90))
            beginDeletion(of: snapshot.serial, machine: machine)
        } else {
            addTransientSnapshot(of: volume, machine: machine)
        }
    }

    /// Adds the internal snapshot that StorPool creates while it clones a disk.
    func addTransientSnapshot(of volume: SimulatedObject, machine: VirtualMachine) {
        let snapshot = addObject(
            of: machine, isSnapshot: true, role: .snapshot, size: volume.size, created: time - age(upToDays: 2),
            tags: SimulatedTags()
        ) {
            $0.traits = [.transient, .autoName, .bound]
            $0.onVolume = volume.nameSerial
            $0.tags = nil
        }
        beingDeleted.append(snapshot.serial)
    }
}
