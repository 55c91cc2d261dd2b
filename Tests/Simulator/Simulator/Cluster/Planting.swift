// Planting and repairing anomalies. An affected object has no other anomaly.

extension SimulatedCluster {
    /// Plants one anomaly on an existing or a new VM.
    @discardableResult
    func plant(_ reason: AnomalyReason) -> PlantedAnomaly {
        let machine = machineForPlanting()
        machine.pins += 1
        let plant =
            switch reason {
            case .namedVolume: plantNamedVolume(machine)
            case .wrongKind: plantWrongKind(machine)
            case .unexpectedTag, .strayTag: plantUnexpectedTagOfISO(machine, reason)
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
            case .vmidRange: plantVMIDRange(machine)
            case .oddBoolean: plantOddBoolean(machine)
            }
        plantedAnomalies.append(plant)
        return plant
    }

    /// Repairs an anomaly: fixes or removes the object that causes it.
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

    /// If the repaired object is a disk or a snapshot, adds it to the lists of its VM.
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

    private func planted(
        _ reason: AnomalyReason, _ object: SimulatedObject, _ machine: VirtualMachine, also others: [UInt64] = [],
        _ repair: PlantedAnomaly.Repair = .remove
    ) -> PlantedAnomaly {
        PlantedAnomaly(
            reason: reason, affected: [object.nameSerial] + others, cause: object.nameSerial, repair: repair,
            machine: machine)
    }

    /// Adds a volume with the tags of the VM's next disk, modified by `change`.
    private func addChangedDisk(
        _ machine: VirtualMachine, role: SimulatedObject.Role, name: String? = nil,
        _ change: (inout SimulatedTags) -> Void
    ) -> SimulatedObject {
        var tags = tags(of: machine, disk: String(machine.nextDisk))
        machine.nextDisk += 1
        change(&tags)
        return addObject(
            of: machine, isSnapshot: false, role: role, size: diskSize(), created: time - age(upToDays: 90), tags: tags,
            name: name)
    }

    /// Returns the first disk of the VM. Adds a disk if the VM has none.
    private func firstDisk(_ machine: VirtualMachine) -> SimulatedObject {
        machine.disks.first.flatMap { store[$0] }
            ?? addDisk(to: machine, created: time - age(upToDays: 90), base: nil)
    }

    private func addSnapshotOfFirstDisk(
        _ machine: VirtualMachine, name: String, role: SimulatedObject.Role = .snapshot
    ) -> SimulatedObject {
        addDiskSnapshot(
            of: firstDisk(machine), machine: machine, name: name, created: time - age(upToDays: 60), role: role)
    }

    /// Typical cause: someone renamed a volume.
    private func plantNamedVolume(_ machine: VirtualMachine) -> PlantedAnomaly {
        serialOfNames += 1
        let name = "vm-\(machine.vmid)-data-\(serialOfNames)"
        let object = addChangedDisk(machine, role: .invalid, name: name) { _ in }
        return planted(
            .namedVolume, object, machine,
            .fix {
                $0.ownName = nil
                $0.role = .disk
            })
    }

    /// Typical cause: cloning a VM snapshot failed.
    private func plantWrongKind(_ machine: VirtualMachine) -> PlantedAnomaly {
        let parent = GlobalID.text(firstDisk(machine).nameSerial)
        let object = addChangedDisk(machine, role: .invalid) {
            $0.base = "0"
            $0.snapshot = "before-clone"
            $0.parent = parent
        }
        return planted(.wrongKind, object, machine)
    }

    /// Plants an ISO with a tag that an ISO must not have.
    private func plantUnexpectedTagOfISO(_ machine: VirtualMachine, _ reason: AnomalyReason) -> PlantedAnomaly {
        var tags = baseTags(of: machine, type: "iso")
        tags.comment = random.pick(LibraryNames.isoNames)
        if reason == .strayTag { tags.disk = "0" } else { tags.vmid = String(machine.vmid) }
        let object = addObject(
            of: machine, isSnapshot: true, role: reason == .strayTag ? .iso : .invalid, size: 700 << 20,
            created: time - age(upToDays: 400), tags: tags)
        return planted(
            reason, object, machine,
            .fix {
                $0.tags?.vmid = nil
                $0.tags?.disk = nil
                $0.role = .iso
            })
    }

    /// Typical cause: cloning an image failed.
    private func plantMissingTag(_ machine: VirtualMachine) -> PlantedAnomaly {
        if random.chance(30) { return plantMissingTagOfSnapshotBeingDeleted(machine) }
        let disk = String(machine.nextDisk)
        let object = addChangedDisk(machine, role: .invalid) {
            $0.base = "0"
            $0.disk = nil
            $0.comment = "debian-12-cloud"
        }
        return planted(
            .missingTag, object, machine,
            .fix {
                $0.tags?.disk = disk
                $0.role = .disk
            })
    }

    /// Plants a snapshot that is being deleted and lacks `pve-snap-v`. It breaks the listing until StorPool removes it.
    private func plantMissingTagOfSnapshotBeingDeleted(_ machine: VirtualMachine) -> PlantedAnomaly {
        var tags = tags(of: machine, disk: "0")
        tags.snapshot = "half-gone"
        let object = addObject(
            of: machine, isSnapshot: true, role: .invalid, size: diskSize(), created: time - age(upToDays: 90),
            tags: tags
        ) {
            $0.ownName = "*" + $0.globalID
            $0.traits = .deleted
        }
        return planted(.missingTag, object, machine)
    }

    private func plantContentType(_ machine: VirtualMachine) -> PlantedAnomaly {
        planted(.contentType, addChangedDisk(machine, role: .invalid) { $0.type = "backup" }, machine)
    }

    /// Plants a VM snapshot with capital letters in its name. Proxmox VE allows them. The plugin cannot decode them.
    private func plantUndecodableName(_ machine: VirtualMachine) -> PlantedAnomaly {
        let suffix = String(store.version, radix: 36)
        let object = addSnapshotOfFirstDisk(machine, name: "Before-Upgrade-\(suffix)")
        return planted(
            .undecodableName, object, machine, .fix { $0.tags?.snapshot = "before-upgrade-\(suffix)" })
    }

    private func plantInvisible(_ machine: VirtualMachine) -> PlantedAnomaly {
        let variant = random.below(4)
        let healthy = baseTags(of: machine)
        let role: SimulatedObject.Role = [.foreign, .disk, .invalid, .invalid][variant]
        let object = addChangedDisk(machine, role: role) {
            switch variant {
            case 0: $0.virt = nil
            case 1: $0.cluster = nil
            case 2: $0.type = nil
            default: $0.type = "vztmpl"
            }
        }
        return planted(
            .invisible, object, machine,
            .fix {
                $0.tags?.virt = healthy.virt
                $0.tags?.cluster = healthy.cluster
                $0.tags?.type = healthy.type
                $0.role = .disk
            })
    }

    /// Plants a snapshot with a scheduled deletion and without a VolumeCare policy.
    private func plantScheduledDeletion(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = expiringSnapshot(machine, variant: random.below(4))
        let date = time + UInt64(random.within(1...30)) * 86_400
        store.change(object.nameSerial) {
            $0.deleteAt = date
            $0.tags?.extra.removeAll { $0.key == "vc-policy" }
        }
        return planted(.scheduledDeletion, object, machine, .fix { $0.deleteAt = 0 })
    }

    private func expiringSnapshot(_ machine: VirtualMachine, variant: Int) -> SimulatedObject {
        if variant == 0 { return addSnapshotOfFirstDisk(machine, name: "expiring-\(String(store.version, radix: 36))") }
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
        return planted(.duplicateCloudInit, second, machine, also: [machine.cloudinit])
    }

    private func plantDuplicateSnapshot(_ machine: VirtualMachine) -> PlantedAnomaly {
        let name = "twice-\(String(store.version, radix: 36))"
        let first = addSnapshotOfFirstDisk(machine, name: name)
        machine.snapshots.append(.init(name: name, serials: [first.serial]))
        let second = addSnapshotOfFirstDisk(machine, name: name)
        if random.chance(30) {
            // A second snapshot that is being deleted, but not yet renamed to `*…`, has no anomaly of its own.
            let trait: SimulatedObject.Traits = random.chance(50) ? .deleted : .transient
            store.change(second.nameSerial) { $0.traits.insert(trait) }
            return PlantedAnomaly(
                reason: .duplicateSnapshot, affected: [first.nameSerial], cause: second.nameSerial, repair: .remove,
                machine: machine)
        }
        return planted(.duplicateSnapshot, second, machine, also: [first.nameSerial])
    }

    /// Typical cause: someone deleted a volume without the plugin.
    private func plantOrphanSnapshot(_ machine: VirtualMachine) -> PlantedAnomaly {
        let vanished = GlobalID.text(store.newSerial())
        var tags = tags(of: machine, disk: "0")
        tags.snapshot = "left-behind"
        tags.parent = vanished
        let object = addObject(
            of: machine, isSnapshot: true, role: .snapshot, size: diskSize(), created: time - age(upToDays: 300),
            tags: tags)
        return planted(.orphanSnapshot, object, machine)
    }

    /// Typical cause: a storage or a cluster was renamed.
    private func plantStorageMismatch(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = addSnapshotOfFirstDisk(machine, name: "renamed-\(String(store.version, radix: 36))")
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
        return planted(
            .storageMismatch, object, machine,
            .fix {
                $0.tags?.cluster = cluster
                $0.tags?.storage = storage
            })
    }

    /// Typical cause: the conversion of a VM to a template failed.
    private func plantBaseAndDisk(_ machine: VirtualMachine) -> PlantedAnomaly {
        let disk = firstDisk(machine)
        var tags = tags(of: machine, disk: disk.tags?.disk)
        tags.base = "1"
        let base = addObject(
            of: machine, isSnapshot: true, role: .base, size: disk.size, created: time - age(upToDays: 60), tags: tags)
        return planted(.baseAndDisk, base, machine, also: [disk.nameSerial])
    }

    /// Typical cause: a disk was reassigned to a VM that has a disk with the same number.
    private func plantDuplicateDisk(_ machine: VirtualMachine) -> PlantedAnomaly {
        let first = firstDisk(machine)
        let fixed = String(machine.nextDisk)
        let object = addChangedDisk(machine, role: .disk) { $0.disk = first.tags?.disk }
        return planted(
            .duplicateDisk, object, machine, also: [first.nameSerial],
            .fix { $0.tags?.disk = fixed })
    }

    /// Typical cause: a disk with snapshots was reassigned.
    private func plantOwnerMismatch(_ machine: VirtualMachine) -> PlantedAnomaly {
        let object = addSnapshotOfFirstDisk(machine, name: "moved-\(String(store.version, radix: 36))")
        let former = String(newVMID(in: machine.cluster))
        let owner = String(machine.vmid)
        store.change(object.nameSerial) { $0.tags?.vmid = former }
        return planted(.ownerMismatch, object, machine, .fix { $0.tags?.vmid = owner })
    }

    private func plantVMIDRange(_ machine: VirtualMachine) -> PlantedAnomaly {
        let vmid = random.chance(50) ? random.within(1...99) : 1_000_000_000 + random.below(1_000)
        // Use a unique disk number, because two planted disks may have the same VM id.
        serialOfNames += 1
        let disk = String(serialOfNames)
        let object = addChangedDisk(machine, role: .disk) {
            $0.vmid = String(vmid)
            $0.disk = disk
        }
        return planted(.vmidRange, object, machine)
    }

    private func plantOddBoolean(_ machine: VirtualMachine) -> PlantedAnomaly {
        var tags = baseTags(of: machine)
        tags.vmid = String(newVMID(in: machine.cluster))
        tags.disk = "0"
        tags.base = random.pick(["true", "yes", "00"])
        let object = addObject(
            of: machine, isSnapshot: true, role: .base, size: diskSize(), created: time - age(upToDays: 500), tags: tags
        )
        return planted(.oddBoolean, object, machine, .fix { $0.tags?.base = "1" })
    }
}
