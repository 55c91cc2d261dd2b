// Objects of other users of the StorPool cluster: databases, Kubernetes, OpenStack, OpenNebula, CloudStack, backups.

extension SimulatedCluster {
    func addForeignObject() {
        serialOfNames += 1
        let isSnapshot = random.chance(35)
        let serial = store.newSerial()
        let size = diskSize()
        let stored = part(of: size, percent: 1...60)
        var object = SimulatedObject(
            serial: serial, nameSerial: serial, isSnapshot: isSnapshot, role: .foreign, template: random.below(3),
            size: size, stored: stored, used: stored, created: time - age(upToDays: 700))
        if isSnapshot { describeForeignSnapshot(&object) } else { describeForeignVolume(&object) }
        store.add(object)
        if !isSnapshot { foreignVolumes.append(serial) }
    }

    private func describeForeignVolume(_ object: inout SimulatedObject) {
        let number = serialOfNames
        switch random.below(7) {
        case 0:
            object.ownName = "db\(number)"
        case 1:
            object.ownName = "pvc-\(String(hashed(UInt64(number)), radix: 16))"
            object.tags = SimulatedTags(virt: "k8s", extra: [ExtraTag(key: "csi.storage.namespace", value: "shop")])
        case 2:
            object.ownName = "os--volume--\(number)"
            object.tags = SimulatedTags(virt: "openstack", extra: [ExtraTag(key: "uuid", value: "c0ffee-\(number)")])
        case 3:
            object.ownName = "one-img-\(number)"
            object.tags = SimulatedTags(
                virt: "one", extra: [ExtraTag(key: "nvm", value: "\(number)"), ExtraTag(key: "nloc", value: "one2")])
        case 4:
            object.tags = SimulatedTags(virt: "cloudstack", extra: [ExtraTag(key: "cs", value: "volume")])
        case 5:
            object.ownName = "#scratch:\(number)"
            object.tags = SimulatedTags()
        default:
            break
        }
    }

    private func describeForeignSnapshot(_ object: inout SimulatedObject) {
        switch random.below(4) {
        case 0:
            object.ownName = "db\(serialOfNames)@\(1_000 + random.below(9_000))"
            object.traits.insert(.autoName)
            if random.chance(30) { object.traits.insert(.bound) }
        case 1:
            object.traits.insert(.backup)
            if random.chance(10) { object.traits.insert(.recovering) }
            object.tags = SimulatedTags(extra: [ExtraTag(key: "vc-policy", value: "weekly-8")])
        case 2:
            object.tags = SimulatedTags(virt: "cloudstack", extra: [ExtraTag(key: "cs", value: "snapshot")])
            object.deleteAt = time + UInt64(random.within(1...30)) * 86_400
        default:
            if let volume = random.pick(foreignVolumes), let found = store[volume], found.ownName == nil {
                object.onVolume = volume
            }
            object.tags = SimulatedTags()
        }
    }
}
