/// How an object is rendered as an element of a list.
struct ObjectFormat: Hashable {
    /// Whether elements have `storedSize` and `spaceUsed`.
    var hasSpace = false
    /// Whether elements have `clusterName` and `clusterId`.
    var isMultiCluster = false
    /// nil for intact elements.
    var damage: ElementDamage?
}

/// The damage that a fault does to elements of a list.
struct ElementDamage: Hashable {
    enum Kind: String, CaseIterable {
        case unknownFields = "unknown-fields"
        case missingFields = "missing-fields"
        case tagsNull = "tags-null"
        case tagsAbsent = "tags-absent"
        case tagsEmptyValue = "tags-empty-value"
        case tagsNumber = "tags-number"
        case tagsBool = "tags-bool"
        case numbersAsStrings = "numbers-as-strings"
        case duplicateKeys = "duplicate-keys"
        case unlimitedDash = "bw-dash"
        case elementNotObject = "element-not-object"
        case wrongTypes = "wrong-types"
    }

    var kind: Kind
    /// Number of damaged elements per 1,000.
    var share: Int

    func affects(_ object: SimulatedObject) -> Bool {
        hashed(object.nameSerial) % 1_000 < UInt64(max(0, share))
    }
}

extension [UInt8] {
    mutating func object(_ object: SimulatedObject, as form: ObjectFormat) {
        if let damage = form.damage, damage.affects(object) {
            damaged(object, as: form, damage.kind)
        } else {
            intact(object, as: form)
        }
    }

    /// Appends an element with every member that the API documents.
    mutating func intact(_ object: SimulatedObject, as form: ObjectFormat) {
        membersBeforeTags(object, as: form)
        tags(object)
        append(UInt8(ascii: "}"))
    }

    mutating func membersBeforeTags(_ object: SimulatedObject, as form: ObjectFormat) {
        head(object)
        placement(object)
        internals(object)
        if object.isSnapshot { snapshotFields(object) }
        extras(object, as: form)
    }

    private mutating func head(_ object: SimulatedObject) {
        number("{\"id\":", ObjectNumbers.id(of: object.nameSerial))
        string(",\"name\":", object.name)
        string(",\"globalId\":", object.globalID)
        number(",\"size\":", object.size)
    }

    private mutating func placement(_ object: SimulatedObject) {
        let template = Site.templates[object.template]
        string(",\"templateName\":", template.name)
        string(",\"parentName\":", object.parent == 0 ? "" : "~" + GlobalID.text(object.parent))
        number(",\"replication\":", UInt64(template.replication))
        string(",\"placeAll\":", template.placeAll)
        string(",\"placeTail\":", template.placeTail)
        string(",\"placeHead\":", template.placeHead)
        limit(",\"bw\":", object.bandwidth)
        limit(",\"iops\":", object.operations)
        if object.bandwidth == 0 { raw(",\"limitType\":\"total\"") } else { raw(",\"limitType\":\"perGiB\"") }
        number(",\"objectsCount\":", (object.size + (32 << 20) - 1) / (32 << 20))
        number(",\"creationTimestamp\":", object.created)
    }

    private mutating func limit(_ key: StaticString, _ value: UInt32) {
        raw(key)
        if value == 0 { raw("\"-\"" as StaticString) } else { number(UInt64(value)) }
    }

    mutating func internals(_ object: SimulatedObject) {
        number(",\"visibleVolumeId\":", ObjectNumbers.id(of: object.nameSerial))
        number(",\"parentVolumeId\":", object.parent == 0 ? 0 : ObjectNumbers.id(of: object.parent))
        number(",\"originalParentVolumeId\":", object.parent == 0 ? 0 : ObjectNumbers.id(of: object.parent))
        number(",\"templateId\":", UInt64(object.template + 1))
        boolean(",\"flags\":0,\"firstNotParentObjectId\":0,\"reuseServer\":false,\"snapshot\":", object.isSnapshot)
    }

    mutating func snapshotFields(_ object: SimulatedObject) {
        string(",\"onVolume\":", object.onVolumeName)
        boolean(",\"autoName\":", object.traits.contains(.autoName))
        boolean(",\"bound\":", object.traits.contains(.bound))
        boolean(",\"deleted\":", object.traits.contains(.deleted))
        boolean(",\"transient\":", object.traits.contains(.transient))
        number(",\"targetDeleteDate\":", object.deleteAt)
        boolean(",\"recoveringFromRemote\":", object.traits.contains(.recovering))
        boolean(",\"backup\":", object.traits.contains(.backup))
        if object.traits.contains(.backup) {
            number(",\"backupOfVisibleVolumeId\":", ObjectNumbers.id(of: object.nameSerial + 7))
            raw(",\"backupOfGlobalId\":\"wmnx.a.")
            raw(String(object.nameSerial, radix: 36))
            append(UInt8(ascii: "\""))
        }
        number(",\"createdFromVisibleVolumeId\":", object.onVolume == 0 ? 0 : ObjectNumbers.id(of: object.onVolume))
        string(",\"createdFromGlobalId\":", GlobalID.text(object.onVolume == 0 ? object.nameSerial : object.onVolume))
        raw(",\"dematerializationStatus\":\"complete\",\"deleteBlocked\":\"not blocked\",\"destroyed\":false")
        raw(",\"volumeMoveSource\":false,\"mcState\":\"owner\",\"mcStateVal\":0")
    }

    mutating func extras(_ object: SimulatedObject, as form: ObjectFormat) {
        if form.hasSpace {
            number(",\"storedSize\":", object.stored)
            number(",\"spaceUsed\":", object.used)
        }
        if form.isMultiCluster {
            string(",\"clusterName\":", GlobalID.clusterName)
            string(",\"clusterId\":", GlobalID.cluster)
        }
    }

    /// Appends the member `tags`. Without tags it is `null` or absent, as in a real cluster.
    mutating func tags(_ object: SimulatedObject) {
        guard let tags = object.tags else {
            if object.nameSerial % 2 == 0 { raw(",\"tags\":null") }
            return
        }
        raw(",\"tags\":{")
        var isFirst = true
        for (key, value) in tags.pairs {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            string(key)
            append(UInt8(ascii: ":"))
            string(value)
        }
        append(UInt8(ascii: "}"))
    }
}

extension SimulatedTags {
    /// The names and values of the tags that are present, in a fixed order.
    var pairs: [(String, String)] {
        var pairs: [(String, String)] = []
        pairs.reserveCapacity(10)
        func add(_ key: String, _ value: String?) {
            if let value { pairs.append((key, value)) }
        }
        add("virt", virt)
        add("pve-loc", cluster)
        add("pve", storage)
        for tag in extra { add(tag.key, tag.value) }
        add("pve-type", type)
        add("pve-vm", vmid)
        add("pve-disk", disk)
        add("pve-base", base)
        add("pve-snap", snapshot)
        add("pve-snap-v", parent)
        add("pve-comment", comment)
        return pairs
    }
}

extension SimulatedObject {
    /// The value of the JSON member `onVolume`: the name of the snapshot's volume, or `-` if it has no volume. StorPool's
    /// client accepts `-`.
    var onVolumeName: String {
        if onVolume != 0 { return "~" + GlobalID.text(onVolume) }
        if let ownName, traits.contains(.autoName), let at = ownName.firstIndex(of: "@") {
            return String(ownName[..<at])
        }
        return "-"
    }
}

/// The numeric ids of objects in the API.
enum ObjectNumbers {
    /// Some ids are above 2⁵³, because the API allows 64-bit numbers.
    static func id(of serial: UInt64) -> UInt64 {
        serial % 16 == 0 ? (1 << 53) + serial + 1 : serial
    }
}
