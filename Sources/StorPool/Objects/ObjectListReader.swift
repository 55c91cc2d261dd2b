import JSONStream

/// Reads a reply to `VolumesList`, `SnapshotsList`, `VolumesSpace` or `SnapshotsSpace` as it arrives.
///
/// An element is malformed, and counted instead of handed over, without a non-empty string as `globalId` and as `name`
/// and a non-negative integer below 2⁶⁴ as `size`. Fields that nobody needs are validated as JSON and passed over.
package struct ObjectListReader: ~Copyable, ReplyReader {
    private var list: ListReader<ObjectElementReader>

    /// A reader of a list of this kind.
    package init(of kind: ObjectKind) {
        list = ListReader(ObjectElementReader(kind: kind))
    }

    /// How many bytes have been read.
    package var offset: UInt64 { list.offset }

    /// Reads the next chunk, handing over what is complete. After an error the reader is of no more use.
    package mutating func read(_ chunk: RawSpan, _ handler: borrowing ListHandler<StorPoolObject>) throws(ReplyError) {
        try list.read(chunk, handler)
    }

    /// Says that the reply ends here; throws when it is not whole, carries an `error`, or has no list as `data`.
    package mutating func finish() throws(ReplyError) -> ListSummary {
        try list.finish()
    }
}

/// The fields of a volume or snapshot.
struct ObjectElementReader: ElementReader {
    enum Field {
        case name, globalID, size, created, deleted, transient, deletionDate, storedSize, spaceUsed, tags
        case tag(Tag)
    }

    enum Tag { case virt, cluster, storage, contentType, vmid, disk, base, snapshot, parent, comment, policy }

    private let kind: ObjectKind
    var fields = FieldTable<Field>([
        ("name", .name), ("globalId", .globalID), ("size", .size), ("creationTimestamp", .created),
        ("deleted", .deleted), ("transient", .transient), ("targetDeleteDate", .deletionDate),
        ("storedSize", .storedSize), ("spaceUsed", .spaceUsed), ("tags", .tags),
    ])
    var nestedFields = FieldTable<Field>([
        ("virt", .tag(.virt)), ("pve-loc", .tag(.cluster)), ("pve", .tag(.storage)), ("pve-type", .tag(.contentType)),
        ("pve-vm", .tag(.vmid)), ("pve-disk", .tag(.disk)), ("pve-base", .tag(.base)), ("pve-snap", .tag(.snapshot)),
        ("pve-snap-v", .tag(.parent)), ("pve-comment", .tag(.comment)), ("vc-policy", .tag(.policy)),
    ])

    /// What has been read of the element.
    private struct Parts {
        var name = ""
        var globalID = ""
        var numbers = Numbers()
        var tags = Tags()
    }

    private struct Numbers {
        var size: UInt64?
        var created: UInt64?
        var isDeleted = false
        var isTransient = false
        var deletionDate: UInt64?
        var storedSize: UInt64?
        var spaceUsed: UInt64?
    }

    private var object = Parts()
    private var virt = TextMemory()
    private var cluster = TextMemory()
    private var storage = TextMemory()
    private var contentType = TextMemory()
    private var vmid = TextMemory()
    private var disk = TextMemory()
    private var snapshot = TextMemory()

    init(kind: ObjectKind) {
        self.kind = kind
    }

    mutating func enter(_ field: Field) -> Bool {
        guard case .tags = field else { return false }
        object.tags = Tags()
        return true
    }

    mutating func take(_ field: Field, _ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan) {
        switch field {
        case .name: object.name = token == .string ? json.text(in: chunk) : ""
        case .globalID: object.globalID = token == .string ? json.text(in: chunk) : ""
        case .size: object.numbers.size = unsigned(token, &json)
        case .created: object.numbers.created = unsigned(token, &json)
        case .deleted: object.numbers.isDeleted = token == .true
        case .transient: object.numbers.isTransient = token == .true
        case .deletionDate: object.numbers.deletionDate = unsigned(token, &json)
        case .storedSize: object.numbers.storedSize = unsigned(token, &json)
        case .spaceUsed: object.numbers.spaceUsed = unsigned(token, &json)
        case .tags: object.tags = Tags()
        case .tag(let tag): takeTag(tag, token, &json, chunk)
        }
    }

    mutating func end() -> StorPoolObject? {
        // Moved out instead of copied: counting the references of ten texts would cost as much as reading them.
        let name = exchange(&object.name, with: "")
        let globalID = exchange(&object.globalID, with: "")
        let tags = exchange(&object.tags, with: Tags())
        let numbers = exchange(&object.numbers, with: Numbers())
        guard let size = numbers.size, !name.isEmpty, !globalID.isEmpty else { return nil }
        return StorPoolObject(
            kind: kind, name: name, globalID: globalID, size: size, created: numbers.created,
            isDeleted: numbers.isDeleted, isTransient: numbers.isTransient,
            deletionDate: numbers.deletionDate, storedSize: numbers.storedSize, spaceUsed: numbers.spaceUsed,
            tags: tags)
    }

    /// The standard library has no such function.
    @inline(__always)
    private func exchange<Value>(_ place: inout Value, with new: consuming Value) -> Value {
        let old = consume place
        place = new
        return old
    }

    private func unsigned(_ token: JSONToken, _ json: inout JSONReader) -> UInt64? {
        token == .number ? json.unsignedInteger : nil
    }

    private mutating func takeTag(_ tag: Tag, _ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan) {
        switch token {
        case .string, .number: takeText(tag, &json, chunk)
        case .true: set(tag, "1")
        case .false: set(tag, "0")
        default: set(tag, nil)
        }
    }

    private mutating func takeText(_ tag: Tag, _ json: inout JSONReader, _ chunk: RawSpan) {
        switch tag {
        case .virt: object.tags.virt = virt.text(&json, chunk)
        case .cluster: object.tags.cluster = cluster.text(&json, chunk)
        case .storage: object.tags.storage = storage.text(&json, chunk)
        case .contentType: object.tags.contentType = contentType.text(&json, chunk)
        case .vmid: object.tags.vmid = vmid.text(&json, chunk)
        case .disk: object.tags.disk = disk.text(&json, chunk)
        case .snapshot: object.tags.snapshot = snapshot.text(&json, chunk)
        case .base, .parent, .comment: set(tag, json.text(in: chunk))
        case .policy: object.tags.hasVolumeCarePolicy = json.packedText(in: chunk).count > 0
        }
    }

    private mutating func set(_ tag: Tag, _ text: String?) {
        switch tag {
        case .virt: object.tags.virt = text
        case .cluster: object.tags.cluster = text
        case .storage: object.tags.storage = text
        case .contentType: object.tags.contentType = text
        case .vmid: object.tags.vmid = text
        case .disk: object.tags.disk = text
        case .base: object.tags.base = text
        case .snapshot: object.tags.snapshot = text
        case .parent: object.tags.parent = text
        case .comment: object.tags.comment = text
        case .policy: object.tags.hasVolumeCarePolicy = text != nil
        }
    }
}
