// ISO images, disk images and VM templates.

enum LibraryNames {
    static let isoNames = [
        "debian-12.9.0-amd64-netinst", "ubuntu-24.04-live-server", "virtio-win-0.1.266", "proxmox-backup-3.3",
        "rocky-9.5-minimal", "windows-server-2022", "systemrescue-11.02",
    ]
    static let imageNames = [
        "debian-12-cloud", "ubuntu-24.04-cloud", "rocky-9-generic", "alpine-3.21", "fedora-41-cloud", "appliance.v2",
    ]
}

extension SimulatedCluster {
    /// Adds `count` objects: ISOs, images and VM templates, to all storages in turn.
    func addLibrary(_ count: Int) {
        var added = 0
        while added < count {
            for cluster in Site.clusters.indices {
                for storage in Site.clusters[cluster].storages.indices where added < count {
                    added += addLibraryItem(cluster: cluster, storage: storage, limit: count - added)
                }
            }
        }
    }

    private func addLibraryItem(cluster: Int, storage: Int, limit: Int) -> Int {
        let isTemplate = random.chance(50)
        let owner = VirtualMachine(
            cluster: cluster, storage: storage, vmid: isTemplate ? newVMID(in: cluster) : 0, isTemplate: isTemplate)
        if isTemplate {
            return addTemplate(owner, disks: min(limit, random.chance(80) ? 1 : 2))
        }
        let isISO = random.chance(60)
        var tags = baseTags(of: owner, type: isISO ? "iso" : "images")
        // Some uploads have no comment.
        if !random.chance(10) {
            tags.comment = random.pick(isISO ? LibraryNames.isoNames : LibraryNames.imageNames)
        }
        _ = addObject(
            of: owner, isSnapshot: true, role: isISO ? .iso : .image,
            size: UInt64(random.within(1...(isISO ? 6 : 20))) << 30, created: time - age(upToDays: 900), tags: tags)
        return 1
    }

    private func addTemplate(_ machine: VirtualMachine, disks: Int) -> Int {
        for number in 0..<disks {
            var tags = tags(of: machine, disk: String(number))
            tags.base = "1"
            if random.chance(20) { tags.comment = random.pick(LibraryNames.imageNames) }
            let base = addObject(
                of: machine, isSnapshot: true, role: .base, size: diskSize(), created: time - age(upToDays: 900),
                tags: tags)
            machine.disks.append(base.serial)
        }
        machine.nextDisk = disks
        templateMachines[machine.cluster].append(machine)
        return disks
    }
}
