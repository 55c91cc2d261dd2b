// Random changes of the cluster. They keep the number of objects near the initial number.

extension SimulatedCluster {
    enum Change: CaseIterable {
        case createMachine, destroyMachine, takeSnapshot, expireSnapshot, vanish, revert, hibernate, wake, clone
        case plantAnomaly, repairAnomaly, addForeign, removeForeign
    }

    /// Advances the logical time and makes changes.
    func step(changes: Int, seconds: UInt64) {
        time += seconds
        for _ in 0..<max(0, changes) { change() }
    }

    private func change() {
        // Keeps the number of objects near the initial number: if it differs by more than a tenth (at least 8), most
        // changes that would increase the difference get a weight of 0.
        let excess = store.count - options.objects
        let slack = max(8, options.objects / 10)
        let grows = excess > slack ? 0 : 10
        let shrinks = excess < -slack ? 0 : 10
        let usuallyBeingDeleted = 4 + options.objects / 300
        let (plant, repair) = anomalyWeights()
        let choice = random.pick(weighted: [
            (Change.createMachine, grows), (.destroyMachine, shrinks), (.takeSnapshot, 2 * grows),
            (.expireSnapshot, 2 * shrinks), (.vanish, beingDeleted.count > usuallyBeingDeleted ? 60 : 15), (.revert, 2),
            (.hibernate, 2), (.wake, 2), (.clone, grows / 5), (.plantAnomaly, plant), (.repairAnomaly, repair),
            (.addForeign, grows / 5), (.removeForeign, shrinks / 5),
        ])
        if let choice { perform(choice) }
    }

    /// Weights that keep the number of anomalies near the number of reasons. A small cluster has about one anomaly per
    /// 20 objects, a large cluster one per 1,000 objects.
    private func anomalyWeights() -> (plant: Int, repair: Int) {
        guard options.hasAnomalies else { return (0, 0) }
        let usual = max(min(AnomalyReason.allCases.count, options.objects / 20), options.objects / 1_000)
        return plantedAnomalies.count > usual ? (2, 7) : (7, 2)
    }

    private func perform(_ change: Change) {
        switch change {
        case .createMachine: createMachine(age: 0, limit: 8)
        case .destroyMachine: destroyAnyMachine()
        case .takeSnapshot:
            if let machine = random.pick(machines) {
                takeSnapshot(of: machine, age: 0, savesState: random.chance(12))
            }
        case .expireSnapshot:
            if let machine = anyMachine(where: { $0.pins == 0 && !$0.snapshots.isEmpty }) {
                expireSnapshot(0, of: machine)
            }
        case .vanish: if !beingDeleted.isEmpty { store.remove(beingDeleted.removeFirst()) }
        case .revert: if let disk = random.pick(machines).flatMap({ random.pick($0.disks) }) { revert(disk) }
        case .hibernate: if let machine = random.pick(machines) { hibernate(machine, age: 0) }
        case .wake: if let machine = anyMachine(where: { $0.hibernation != 0 }) { wake(machine) }
        case .clone:
            if let machine = random.pick(machines), let volume = machine.disks.first.flatMap({ store[$0] }) {
                addTransientSnapshot(of: volume, machine: machine)
            }
        case .plantAnomaly: if let reason = random.pick(AnomalyReason.allCases) { plant(reason) }
        case .repairAnomaly: if !plantedAnomalies.isEmpty { _ = repair(random.below(plantedAnomalies.count)) }
        case .addForeign: addForeignObject()
        case .removeForeign:
            if !foreignVolumes.isEmpty {
                let index = random.below(foreignVolumes.count)
                foreignVolumes.swapAt(index, foreignVolumes.count - 1)
                store.remove(foreignVolumes.removeLast())
            }
        }
    }

    private func wake(_ machine: VirtualMachine) {
        store.remove(machine.hibernation)
        machine.hibernation = 0
    }

    private func destroyAnyMachine() {
        for _ in 0..<16 {
            let index = random.below(machines.count)
            guard machines.indices.contains(index), machines[index].pins == 0 else { continue }
            machines.swapAt(index, machines.count - 1)
            destroy(machines.removeLast())
            return
        }
    }

    private func anyMachine(where matches: (VirtualMachine) -> Bool) -> VirtualMachine? {
        for _ in 0..<64 {
            if let machine = random.pick(machines), matches(machine) { return machine }
        }
        return nil
    }
}
