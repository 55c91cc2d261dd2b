import JSONStream

/// Reads a reply to `VolumesList`, `SnapshotsList`, `VolumesSpace` or `SnapshotsSpace`.
///
/// An element is malformed unless `globalId` and `name` are non-empty strings and `size` is an integer from 0 to 2⁶⁴−1.
/// Malformed elements are only counted. Other members may have any value that is valid JSON.
package struct ObjectListReader: ~Copyable, ReplyReader {
    private var list: ListReader<ObjectElementReader>

    package init(of kind: ObjectKind) {
        list = ListReader(ObjectElementReader(kind: kind))
    }

    package mutating func read(_ chunk: RawSpan, _ element: (StorPoolObject) -> Void) throws(ReplyError) {
        try list.read(chunk, element)
    }

    package mutating func finish() throws(ReplyError) -> ListSummary {
        try list.finish()
    }
}

/// Reads the fields of a volume or snapshot.
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
    private var virt = LastText()
    private var cluster = LastText()
    private var storage = LastText()
    private var contentType = LastText()
    private var vmid = LastText()
    private var disk = LastText()
    private var snapshot = LastText()

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
        case .name: object.name = text(token, &json, chunk)
        case .globalID: object.globalID = text(token, &json, chunk)
        case .size: object.numbers.size = unsigned(token, &json)
        case .created: object.numbers.created = unsigned(token, &json)
        case .deleted: object.numbers.isDeleted = isTrue(token)
        case .transient: object.numbers.isTransient = isTrue(token)
        case .deletionDate: object.numbers.deletionDate = unsigned(token, &json)
        case .storedSize: object.numbers.storedSize = unsigned(token, &json)
        case .spaceUsed: object.numbers.spaceUsed = unsigned(token, &json)
        case .tags: object.tags = Tags()
        case .tag(let tag): takeTag(tag, token, &json, chunk)
        }
    }

    mutating func end() -> StorPoolObject? {
        // Moved instead of copied, because reference counting of ten strings would take as long as reading them.
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

    // These functions match patterns for speed: `==` for an enum of a different module is called through its
    // conformance.
    private func text(_ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan) -> String {
        if case .string = token { json.text(in: chunk) } else { "" }
    }

    private func unsigned(_ token: JSONToken, _ json: inout JSONReader) -> UInt64? {
        if case .number = token { json.unsignedInteger } else { nil }
    }

    private func isTrue(_ token: JSONToken) -> Bool {
        if case .true = token { true } else { false }
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
