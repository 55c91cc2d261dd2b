// How each anomaly comes about. Every one is put in such a way that the object has that reason and no other.

extension SimulatedCluster {
    /// Puts in one anomaly of that reason, on an existing VM or on a new one.
    @discardableResult
    func plant(_ reason: AnomalyReason) -> PlantedAnomaly {
        let machine = machineForPlanting()
        machine.pins += 1
        let plant =
            switch reason {
            case .namedVolume: plantNamedVolume(machine)
            case .wrongKind: plantWrongKind(machine)
            case .unexpectedTag, .strayTag: plantOddISO(machine, reason)
            case .missingTag: plantMissingTag(machine)
            case .contentType: plantContentType(machine)
            case .undecodableName: plantUndecodableName(machine)
            case .invisible: plantInvisible(machine)
            case .scheduledDeletion: plantScheduledDeletion(machine)
            case .unfindableCloudInit: plantUnfindableCloudInit(machine)
            case .duplicateCloudInit: plantDuplicateCloudInit(machine)
            case .duplicateSnapshot: plantDuplicateSnapshot(machine)
            case .orphanSnapshot: plantOrphanSnapshot(machine)
            case .storageMismatch: plantStorageMismatch(machine)
            case .baseAndDisk: plantBaseAndDisk(machine)
            case .ownerMismatch: plantOwnerMismatch(machine)
            case .duplicateDisk: plantDuplicateDisk(machine)
            case .vmidRange: plantOddVMID(machine)
            case .oddBoolean: plantOddBoolean(machine)
            }
        plantedAnomalies.append(plant)
        return plant
    }

    /// Repairs the n-th anomaly: the object is mended, or goes.
    func repair(_ index: Int) -> PlantedAnomaly {
        let plant = plantedAnomalies.remove(at: index)
        switch plant.repair {
        case .remove:
            if let cause = store[plant.cause], cause.isSnapshot { unlink(cause, machine: plant.machine) }
            store.remove(plant.cause)
        case .fix(let body):
            store.change(plant.cause, body)
            adoptFixed(plant)
        }
        plant.machine.pins -= 1
        return plant
    }

    /// What was mended becomes an ordinary object of its VM, where it is one.
    private func adoptFixed(_ plant: PlantedAnomaly) {
        guard let object = store[plant.cause] else { return }
        switch object.role {
        case .disk: plant.machine.disks.append(object.nameSerial)
        case .snapshot:
            let name = object.tags?.snapshot ?? ""
            plant.machine.snapshots.append(.init(name: name, serials: [object.serial]))
        default: break
        }
    }

    private func machineForPlanting() -> VirtualMachine {
        for _ in 0..<16 {
            if let machine = random.pick(machines), machine.pins == 0 { return machine }
        }
        return createMachine(age: age(upToDays: 30), limit: 1)
    }

    private func simple(
        _ reason: AnomalyReason, _ object: SimulatedObject, _ machine: VirtualMachine, also others: [UInt64] = [],
        _ repair: PlantedAnomaly.Repair = .remove
    ) -> PlantedAnomaly {
        PlantedAnomaly(
            reason: reason, affected: [object.nameSerial] + others, cause: object.nameSerial, repair: repair,
            machine: machine)
    }

    /// Adds a volume with the tags of the VM's next disk, changed as asked.
    private func oddDisk(
        _ machine: VirtualMachine, role: SimulatedObject.Role, name: String? = nil,
        _ change: (inout SimulatedTags) -> Void
    ) -> SimulatedObject {
        var tags = baseTags(of: machine)
        tags.vmid = String(machine.vmid)
        tags.disk = String(machine.nextDisk)
        machine.nextDisk += 1
        change(&tags)
        return addObject(
            of: machine, isSnapshot: false, role: role, size: diskSize(), created: time - age(upToDays: 90), tags: tags,
            name: name)
    }

    /// The first disk of the VM; every VM has one.
    private func firstDisk(_ machine: VirtualMachine) -> SimulatedObject {
        machine.disks.first.flatMap { store[$0] }
            ?? addDisk(to: machine, created: time - age(upToDays: 90), base: nil)
    }

    private func oddSnapshot(
        _ machine: VirtualMachine, name: String, role: SimulatedObject.Role = .snapshot
    ) -> SimulatedObject {
        addDiskSnapshot(
            of: firstDisk(machine), machine: machine, name: name, created: time - age(upToDays: 60), role: role)
    }

    /// A volume given a name of its own, by hand.
    private func plantNamedVolume(_ machine: VirtualMachine) -> PlantedAnomaly {
        serialOfNames += 1
        let name = "vm-\(machine.vmid)-data-\(serialOfNames)"
        let object = oddDisk(machine, role: .invalid, name: name) { _ in }
        return simple(
            .namedVolume, object, machine,
            .fix {
                $0.ownName = nil
                $0.role = .disk
            })
    }

    /// What cloning from a VM snapshot leaves behind.
    private func plantWrongKind(_ machine: VirtualMachine) -> PlantedAnomaly {
        let parent = GlobalID.text(firstDisk(machine).nameSerial)
        let object = oddDisk(machine, role: .invalid) {
            $0.base = "0"
            $0.snapshot = "before-clone"
            $0.parent = parent
        }
        return simple(.wrongKind, object, machine)
    }

    /// An ISO with tags of disks.
    private func plantOddISO(_ machine: VirtualMachine, _ reason: AnomalyReason) -> PlantedAnomaly {
        var tags = baseTags(of: machine, type: "iso")
        tags.comment = random.pick(LibraryNames.isoNames)
        if reason == .strayTag { tags.disk = "0" } else { tags.vmid = String(machine.vmid) }
        let object = addObject(
            of: machine, isSnapshot: true, role: reason == .strayTag ? .iso : .invalid, size: 700 << 20,
            created: time - age(upToDays: 400), tags: tags)
        return simple(
            reason, object, machine,
            .fix {
                $0.tags?.vmid = nil
                $0.tags?.disk = nil
                $0.role = .iso
            })
    }

    /// What cloning from a freestanding image leaves behind.
    private func plantMissingTag(_ machine: VirtualMachine) -> PlantedAnomaly {
        if random.chance(30) { return plantMissingTagOfSnapshotBeingDeleted(machine) }
        let disk = String(machine.nextDisk)
        let object = oddDisk(machine, role: .invalid) {
            $0.base = "0"
            $0.disk = nil
            $0.comment = "debian-12-cloud"
        }
        return simple(
            .missingTag, object, machine,
            .fix {
                $0.tags?.disk = disk
                $0.role = .disk
            })
    }

    /// A snapshot on its way out that does not say what it was taken of: listings fail while it is there all the same.
    private func plantMissingTagOfSnapshotBeingDeleted(_ machine: VirtualMachine) -> PlantedAnomaly {
        var tags = baseTags(of: machine)
        tags.vmid = String(machine.vmid)
        tags.disk = "0"
        tags.snapshot = "half-gone"
        let object = addObject(
            of: machine, isSnapshot: true, role: .invalid, size: diskSize(), created: time - age(upToDays: 90),
            tags: tags
        ) {
            $0.ownName = "*" + $0.globalID
            $0.traits = .deleted
        }
        return simple(.missingTag, object, machine)
    }

    private func plantContentType(_ machine: VirtualMachine) -> PlantedAnomaly {
        simple(.contentType, oddDisk(machine, role: .invalid) { $0.type = "backup" }, machine)
    }

    /// A VM snapshot with capitals in its name, which Proxmox VE allows and the plugin cannot read back.
    private func plantUndecodableName(_ machine: VirtualMachine) -> PlantedAnomaly {
        let suffix = String(store.version, radix: 36)
        let object = oddSnapshot(machine, name: "Before-Upgrade-\(suffix)")
        return simple(
            .undecodableName, object, machine, .fix { $0.tags?.snapshot = "before-upgrade-\(suffix)" })
    }

    private func plantInvisible(_ machine: VirtualMachine) -> PlantedAnomaly {
        let variant = random.below(4)
        let healthy = baseTags(of: machine)
        let role: SimulatedObject.Role = [.foreign, .disk, .invalid, .invalid][variant]
        let object = oddDisk(machine, role: role) {
            switch variant {
            case 0: $0.virt = nil
            case 1: $0.cluster = nil
            case 2: $0.type = nil
            default: $0.type = "vztmpl"
            }
        }
        return simple(
            .invisible, object, machine,
            .fix {
                $0.tags?.virt = healthy.virt
                $0.tags?.cluster = healthy.cluster
                $0.tags?.type = healthy.type
                $0.role = .disk
            })
    }

    /// A snapshot with a date of deletion that VolumeCare did not set.
    private func plantScheduledDeletion(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = expiringSnapshot(machine, variant: random.below(4))
        let date = time + UInt64(random.within(1...30)) * 86_400
        store.change(object.nameSerial) {
            $0.deleteAt = date
            $0.tags?.extra.removeAll { $0.key == "vc-policy" }
        }
        return simple(.scheduledDeletion, object, machine, .fix { $0.deleteAt = 0 })
    }

    private func expiringSnapshot(_ machine: VirtualMachine, variant: Int) -> SimulatedObject {
        if variant == 0 { return oddSnapshot(machine, name: "expiring-\(String(store.version, radix: 36))") }
        var tags = baseTags(of: machine, type: variant == 1 ? "iso" : "images")
        if variant == 3 {
            tags.vmid = String(newVMID(in: machine.cluster))
            tags.disk = "0"
            tags.base = "1"
        }
        return addObject(
            of: machine, isSnapshot: true, role: [.iso, .image, .base][variant - 1], size: diskSize(),
            created: time - age(upToDays: 200), tags: tags)
    }

    private func plantUnfindableCloudInit(_ machine: VirtualMachine) -> PlantedAnomaly {
        if machine.cloudinit == 0 { addCloudInit(to: machine, created: time - age(upToDays: 200)) }
        let isContainer = random.chance(50)
        let created = store[machine.cloudinit]?.created ?? time
        store.change(machine.cloudinit) {
            if isContainer { $0.tags?.type = "rootdir" } else { $0.created = 0 }
        }
        return PlantedAnomaly(
            reason: .unfindableCloudInit, affected: [machine.cloudinit], cause: machine.cloudinit,
            repair: .fix {
                $0.tags?.type = "images"
                $0.created = created
            }, machine: machine)
    }

    private func plantDuplicateCloudInit(_ machine: VirtualMachine) -> PlantedAnomaly {
        if machine.cloudinit == 0 { addCloudInit(to: machine, created: time - age(upToDays: 200)) }
        let second = addCloudInit(to: machine, created: time - age(upToDays: 30))
        return simple(.duplicateCloudInit, second, machine, also: [machine.cloudinit])
    }

    private func plantDuplicateSnapshot(_ machine: VirtualMachine) -> PlantedAnomaly {
        let name = "twice-\(String(store.version, radix: 36))"
        let first = oddSnapshot(machine, name: name)
        machine.snapshots.append(.init(name: name, serials: [first.serial]))
        let second = oddSnapshot(machine, name: name)
        if random.chance(30) {
            // Without the name `*…` that StorPool usually gives such a snapshot: the twin itself has no anomaly.
            let trait: SimulatedObject.Traits = random.chance(50) ? .deleted : .transient
            store.change(second.nameSerial) { $0.traits.insert(trait) }
            return PlantedAnomaly(
                reason: .duplicateSnapshot, affected: [first.nameSerial], cause: second.nameSerial, repair: .remove,
                machine: machine)
        }
        return simple(.duplicateSnapshot, second, machine, also: [first.nameSerial])
    }

    /// A snapshot whose volume has been deleted behind the plugin's back.
    private func plantOrphanSnapshot(_ machine: VirtualMachine) -> PlantedAnomaly {
        let vanished = GlobalID.text(store.newSerial())
        var tags = baseTags(of: machine)
        tags.vmid = String(machine.vmid)
        tags.disk = "0"
        tags.snapshot = "left-behind"
        tags.parent = vanished
        let object = addObject(
            of: machine, isSnapshot: true, role: .snapshot, size: diskSize(), created: time - age(upToDays: 300),
            tags: tags)
        return simple(.orphanSnapshot, object, machine)
    }

    /// What renaming a storage or a cluster leaves on older snapshots.
    private func plantStorageMismatch(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = oddSnapshot(machine, name: "renamed-\(String(store.version, radix: 36))")
        let (cluster, storage) = (machine.clusterName, machine.storageName)
        let otherStorage = Site.clusters[machine.cluster].storages.map(\.name).first { $0 != storage }
        let otherCluster = Site.clusters.first { other in
            other.name != cluster && other.storages.contains { $0.name == storage }
        }
        let changesCluster = random.chance(50)
        store.change(object.nameSerial) {
            if changesCluster, let otherCluster {
                $0.tags?.cluster = otherCluster.name
            } else {
                $0.tags?.storage = otherStorage ?? "\(storage)-old"
            }
        }
        return simple(
            .storageMismatch, object, machine,
            .fix {
                $0.tags?.cluster = cluster
                $0.tags?.storage = storage
            })
    }

    /// What a conversion to a template leaves that made the base and could not detach the volume.
    private func plantBaseAndDisk(_ machine: VirtualMachine) -> PlantedAnomaly {
        let disk = firstDisk(machine)
        var tags = baseTags(of: machine)
        tags.vmid = String(machine.vmid)
        tags.disk = disk.tags?.disk
        tags.base = "1"
        let base = addObject(
            of: machine, isSnapshot: true, role: .base, size: disk.size, created: time - age(upToDays: 60), tags: tags)
        return simple(.baseAndDisk, base, machine, also: [disk.nameSerial])
    }

    /// What reassigning a disk to a VM that has one of that number leaves.
    private func plantDuplicateDisk(_ machine: VirtualMachine) -> PlantedAnomaly {
        let first = firstDisk(machine)
        let mended = String(machine.nextDisk)
        let object = oddDisk(machine, role: .disk) { $0.disk = first.tags?.disk }
        return simple(
            .duplicateDisk, object, machine, also: [first.nameSerial],
            .fix { $0.tags?.disk = mended })
    }

    /// What reassigning a disk that has snapshots leaves.
    private func plantOwnerMismatch(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = oddSnapshot(machine, name: "moved-\(String(store.version, radix: 36))")
        let former = String(newVMID(in: machine.cluster))
        let owner = String(machine.vmid)
        store.change(object.nameSerial) { $0.tags?.vmid = former }
        return simple(.ownerMismatch, object, machine, .fix { $0.tags?.vmid = owner })
    }

    private func plantOddVMID(_ machine: VirtualMachine) -> PlantedAnomaly {
        let vmid = random.chance(50) ? random.within(1...99) : 1_000_000_000 + random.below(1_000)
        // Counted on its own, so that no two of them meet.
        serialOfNames += 1
        let disk = String(serialOfNames)
        let object = oddDisk(machine, role: .disk) {
            $0.vmid = String(vmid)
            $0.disk = disk
        }
        return simple(.vmidRange, object, machine)
    }

    /// A base marked with a word instead of `1`.
    private func plantOddBoolean(_ machine: VirtualMachine) -> PlantedAnomaly {
        var tags = baseTags(of: machine)
        tags.vmid = String(newVMID(in: machine.cluster))
        tags.disk = "0"
        tags.base = random.pick(["true", "yes", "00"])
        let object = addObject(
            of: machine, isSnapshot: true, role: .base, size: diskSize(), created: time - age(upToDays: 500), tags: tags
        )
        return simple(.oddBoolean, object, machine, .fix { $0.tags?.base = "1" })
    }
}
