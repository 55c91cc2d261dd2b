/// The sums over the objects of one template, as VolumeTemplatesStatus reports them.
private struct TemplateTotals {
    var volumes: UInt64 = 0
    var snapshots: UInt64 = 0
    var removing: UInt64 = 0
    var size: UInt64 = 0
    var snapshotSize: UInt64 = 0
    var stored: UInt64 = 0

    mutating func add(_ object: SimulatedObject) {
        stored += object.stored
        if object.isSnapshot {
            snapshots += 1
            removing += object.traits.contains(.deleted) ? 1 : 0
            snapshotSize += object.size
        } else {
            volumes += 1
            size += object.size
        }
    }
}

extension SimulatedCluster {
    /// The `data` of VolumeTemplatesStatus.
    func templatesStatus() -> [UInt8] {
        var totals = Site.templates.map { _ in TemplateTotals() }
        for list in [store.volumes, store.snapshots] {
            for block in list.blocks {
                for object in block.objects { totals[object.template].add(object) }
            }
        }
        var bytes: [UInt8] = []
        for (index, template) in Site.templates.enumerated() {
            bytes.append(UInt8(ascii: index == 0 ? "[" : ","))
            bytes.template(template, id: index + 1, totals[index])
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    /// The `data` of ServicesList: three nodes, of which the first runs the active management service.
    func services() -> [UInt8] {
        func entries(_ extra: (Int) -> String) -> String {
            (1...3).map { node in
                let started = options.epoch - UInt64(node) * 86_400 * 90
                return "\"\(node)\":{\"id\":\(node),\"nodeId\":\(node),\"version\":\"21.0.1\",\"startTime\":\(started),"
                    + "\"status\":\"running\"\(extra(node))}"
            }.joined(separator: ",")
        }
        let text =
            "{\"clusterStatus\":\"running\",\"mgmt\":{"
            + entries { ",\"prio\":\($0 - 1),\"active\":\($0 == 1)" } + "},\"clients\":{" + entries { _ in "" }
            + "},\"servers\":{" + entries { _ in ",\"missingDisks\":[],\"pendingDisks\":[]" }
            + "},\"bridges\":{\"1\":{\"id\":1,\"nodeId\":1,\"version\":\"21.0.1\",\"startTime\":null,"
            + "\"status\":\"running\"}},\"iscsiTargets\":{}}"
        return [UInt8](text.utf8)
    }
}

extension [UInt8] {
    fileprivate mutating func template(_ template: Site.Template, id: Int, _ totals: TemplateTotals) {
        let copies = UInt64(template.replication)
        let free = template.capacity > totals.stored ? template.capacity - totals.stored : 0
        raw("{\"id\":\(id),\"name\":\"\(template.name)\",\"placeAll\":\"\(template.placeAll)\",")
        raw(
            "\"placeTail\":\"\(template.placeTail)\",\"placeHead\":\"\(template.placeHead)\",\"replication\":\(copies),"
        )
        raw("\"volumesCount\":\(totals.volumes),\"snapshotsCount\":\(totals.snapshots),")
        raw(
            "\"removingSnapshotsCount\":\(totals.removing),\"size\":\(totals.size),\"totalSize\":\(totals.size * copies),"
        )
        raw("\"storedSize\":\(totals.stored),\"onDiskSize\":\(totals.stored * copies / 20 * 21),")
        raw("\"volumesSize\":\(totals.size),\"snapshotsWithoutChildrenSize\":0,")
        raw("\"snapshotsWithChildrenSize\":\(totals.snapshotSize)")
        for place in ["All", "Tail", "Head"] {
            raw(",\"availablePlace\(place)\":\(free * copies),\"capacityPlace\(place)\":\(template.capacity * copies)")
        }
        let estimate = "\"capacity\":\(template.capacity),\"free\":\(free),\"internal\":{\"u1\":0,\"u2\":0,\"u3\":0}"
        raw(",\"stored\":{\(estimate)")
        for place in ["All", "Tail", "Head"] { raw(",\"place\(place)\":{\(estimate)}") }
        raw("}}")
    }
}
