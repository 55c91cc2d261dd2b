import Text

// Operations on VMs, with the tags that the plugin sets.

extension SimulatedCluster {
    /// The tags that all objects of a storage have.
    func baseTags(of machine: VirtualMachine, type: String = "images") -> SimulatedTags {
        SimulatedTags(
            virt: "pve", cluster: machine.clusterName, storage: machine.storageName, type: type,
            extra: Site.clusters[machine.cluster].extraTags)
    }

    /// The tags that all volumes and snapshots of a VM have.
    func tags(of machine: VirtualMachine, disk: String?) -> SimulatedTags {
        var tags = baseTags(of: machine)
        tags.vmid = String(machine.vmid)
        tags.disk = disk
        return tags
    }

    /// Adds an object of the VM. It is unnamed if no `name` is given.
    func addObject(
        of machine: VirtualMachine, isSnapshot: Bool, role: SimulatedObject.Role, size: UInt64, created: UInt64,
        tags: SimulatedTags, name: String? = nil, adjust: (inout SimulatedObject) -> Void = { _ in }
    ) -> SimulatedObject {
        let serial = store.newSerial()
        let stored = part(of: size, percent: isSnapshot ? 1...30 : 5...80)
        var object = SimulatedObject(
            serial: serial, nameSerial: serial, ownName: name, isSnapshot: isSnapshot, role: role,
            template: machine.template, size: size, stored: stored,
            used: isSnapshot ? part(of: stored, percent: 10...100) : stored, created: created, tags: tags)
        adjust(&object)
        store.add(object)
        return object
    }

    /// Creates a VM with 1 to `limit` objects. The VM is new or cloned from a template of its cluster.
    @discardableResult
    func createMachine(age: UInt64, limit: Int) -> VirtualMachine {
        let weights = Site.clusters.indices.map { (value: $0, weight: Site.clusters[$0].weight) }
        let cluster = random.pick(weighted: weights) ?? 0
        let source = random.chance(45) ? random.pick(templateMachines[cluster]) : nil
        let storage = source?.storage ?? random.below(Site.clusters[cluster].storages.count)
        let machine = VirtualMachine(cluster: cluster, storage: storage, vmid: newVMID(in: cluster), isTemplate: false)
        let created = time - age
        if let source {
            for base in source.disks.prefix(max(1, limit)) { addDisk(to: machine, created: created, base: base) }
        }
        let wanted = random.pick(weighted: [(1, 55), (2, 30), (3, 10), (4, 5)]) ?? 1
        while machine.disks.count < min(wanted, max(1, limit)) { addDisk(to: machine, created: created, base: nil) }
        if random.chance(40), machine.objectCount < limit { addCloudInit(to: machine, created: created) }
        machines.append(machine)
        return machine
    }

    func newVMID(in cluster: Int) -> Int {
        nextVMID[cluster] += random.within(1...3)
        return nextVMID[cluster] - 1
    }

    /// Adds the next disk of the VM. If `base` is a serial, the disk is a clone of this base.
    @discardableResult
    func addDisk(to machine: VirtualMachine, created: UInt64, base: UInt64?) -> SimulatedObject {
        let source = base.flatMap { store[$0] }
        var tags = tags(of: machine, disk: String(machine.nextDisk))
        tags.base = source == nil ? nil : "0"
        tags.comment = source?.tags?.comment
        let isLimited = random.chance(12)
        let isReverted = random.chance(1)
        let volume = addObject(
            of: machine, isSnapshot: false, role: .disk, size: source?.size ?? diskSize(), created: created, tags: tags
        ) { object in
            object.parent = source?.serial ?? 0
            object.used = object.stored + (source?.stored ?? 0) / 512 * 512
            object.bandwidth = isLimited ? 104_857_600 : 0
            object.operations = isLimited ? 5_000 : 0
        }
        if isReverted { revert(volume.nameSerial) }
        machine.nextDisk += 1
        machine.disks.append(volume.nameSerial)
        return volume
    }

    /// Gives the volume a new global id but keeps its name, as a revert to a snapshot does.
    func revert(_ volume: UInt64) {
        let serial = store.newSerial()
        store.change(volume) { $0.serial = serial }
    }

    @discardableResult
    func addCloudInit(to machine: VirtualMachine, created: UInt64) -> SimulatedObject {
        let volume = addObject(
            of: machine, isSnapshot: false, role: .cloudinit, size: 4 << 20, created: created,
            tags: tags(of: machine, disk: "cloudinit"))
        if machine.cloudinit == 0 { machine.cloudinit = volume.nameSerial }
        return volume
    }

    /// Takes a snapshot of each disk and, with `savesState`, adds a state volume.
    func takeSnapshot(of machine: VirtualMachine, age: UInt64, savesState: Bool) {
        let name = snapshotName(of: machine, at: time - age)
        var set = VirtualMachine.SnapshotSet(name: name, serials: [])
        for disk in machine.disks {
            guard let volume = store[disk] else { continue }
            set.serials.append(addDiskSnapshot(of: volume, machine: machine, name: name, created: time - age).serial)
        }
        if savesState { set.stateVolume = addState(to: machine, name: name, created: time - age) }
        machine.snapshots.append(set)
    }

    /// Inserts a snapshot between the volume and its parent snapshot.
    @discardableResult
    func addDiskSnapshot(
        of volume: SimulatedObject, machine: VirtualMachine, name: String, created: UInt64,
        role: SimulatedObject.Role = .snapshot
    ) -> SimulatedObject {
        var tags = tags(of: machine, disk: volume.tags?.disk)
        tags.snapshot = name
        tags.parent = volume.ownName == nil ? GlobalID.text(volume.nameSerial) : volume.globalID
        let previous = store[volume.nameSerial]?.parent ?? 0
        let snapshot = addObject(
            of: machine, isSnapshot: true, role: role, size: volume.size, created: created, tags: tags
        ) {
            $0.parent = previous
            $0.onVolume = volume.nameSerial
            // VolumeCare schedules the deletion of some of its snapshots.
            if tags.hasVolumeCarePolicy, $0.serial % 4 == 0 { $0.deleteAt = max(created, time) + 14 * 86_400 }
        }
        store.change(volume.nameSerial) { $0.parent = snapshot.serial }
        return snapshot
    }

    func addState(to machine: VirtualMachine, name: String, created: UInt64) -> UInt64 {
        var tags = tags(of: machine, disk: "state")
        tags.snapshot = name
        let size = UInt64(random.within(1...32)) << 30
        return addObject(
            of: machine, isSnapshot: false, role: .vmstate, size: size, created: created, tags: tags
        ).nameSerial
    }

    /// Adds a state volume that belongs to no VM snapshot.
    func hibernate(_ machine: VirtualMachine, age: UInt64) {
        guard machine.hibernation == 0 else { return }
        let day = UTCDate(unixSeconds: time - age).dayText
        machine.hibernation = addState(to: machine, name: "suspend-\(day)", created: time - age)
    }

    /// Starts the deletion of the disk snapshots of a VM snapshot and removes the state volume of the VM snapshot.
    func expireSnapshot(_ index: Int, of machine: VirtualMachine) {
        let set = machine.snapshots.remove(at: index)
        for serial in set.serials { beginDeletion(of: serial, machine: machine) }
        if set.stateVolume != 0 { store.remove(set.stateVolume) }
    }

    /// Marks the snapshot as deleted and renames it to `*…`, as StorPool does.
    func beginDeletion(of serial: UInt64, machine: VirtualMachine) {
        guard let snapshot = store[serial] else { return }
        unlink(snapshot, machine: machine)
        store.change(serial) {
            $0.traits.insert(.deleted)
            $0.ownName = "*" + $0.globalID
            $0.onVolume = 0
            $0.parent = 0
        }
        beingDeleted.append(serial)
    }

    /// Gives the children of the snapshot its parent as their new parent.
    func unlink(_ snapshot: SimulatedObject, machine: VirtualMachine) {
        let children = [snapshot.onVolume] + machine.snapshots.flatMap(\.serials)
        for child in children where child != 0 && store[child]?.parent == snapshot.serial {
            store.change(child) { $0.parent = snapshot.parent }
        }
    }

    /// Removes the VM with all its objects.
    func destroy(_ machine: VirtualMachine) {
        for set in machine.snapshots {
            set.serials.forEach { store.remove($0) }
            store.remove(set.stateVolume)
        }
        machine.disks.forEach { store.remove($0) }
        store.remove(machine.cloudinit)
        store.remove(machine.hibernation)
        machine.snapshots = []
        machine.disks = []
    }

    /// A name that is unique within the VM.
    private func snapshotName(of machine: VirtualMachine, at moment: UInt64) -> String {
        let day = UTCDate(unixSeconds: moment).dayText
        let stem =
            random.pick(["before-upgrade", "pre-patch", "daily", "autosnap", "clean", "known-good", "test.1"]) ?? "snap"
        let name = random.chance(60) ? "\(stem)-\(day)" : stem
        guard machine.snapshots.contains(where: { $0.name == name }) else { return name }
        return "\(name)-\(String(store.version, radix: 36))"
    }
}
