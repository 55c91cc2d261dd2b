package import StorPool

/// The objects of one look at a cluster, in the order of arrival, packed into some 100 bytes each: only when all of them
/// have been read is it known which belong together, and which rows therefore to print.
package struct ObjectArchive {
    /// Large enough to waste little at its end, small enough to grow without copying what is there.
    static let defaultChunkBytes = 1 << 20

    /// How many objects there are.
    package private(set) var count = 0
    /// Bytes of the packed objects.
    package private(set) var byteCount = 0

    private let chunkBytes: Int
    private var chunks: [[UInt8]] = []
    private var record: [UInt8] = []

    /// Nothing yet.
    package init() {
        self.init(chunkBytes: Self.defaultChunkBytes)
    }

    init(chunkBytes: Int) {
        self.chunkBytes = chunkBytes
    }

    /// Keeps an object. What only the space calls say of it is not kept.
    package mutating func add(_ object: StorPoolObject) {
        record.removeAll(keepingCapacity: true)
        pack(object)
        if (chunks.last?.count ?? chunkBytes) + record.count > chunkBytes {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(max(chunkBytes, record.count))
        }
        chunks[chunks.count - 1].append(contentsOf: record)
        count += 1
        byteCount += record.count
    }

    /// Hands over every object in the order of arrival, until `body` throws.
    package func forEach<Failure: Error>(_ body: (StorPoolObject) throws(Failure) -> Void) throws(Failure) {
        for chunk in chunks {
            var reader = RecordReader(bytes: chunk[...])
            while let object = reader.next() { try body(object) }
        }
    }
}

// MARK: Packing

extension ObjectArchive {
    /// Bits of the first byte of a record.
    fileprivate enum Flag {
        static let snapshot: UInt8 = 1
        static let deleted: UInt8 = 2
        static let transient: UInt8 = 4
        static let created: UInt8 = 8
        static let deletionDate: UInt8 = 16
        static let volumeCarePolicy: UInt8 = 32
    }

    private mutating func pack(_ object: StorPoolObject) {
        var flags = object.kind == .snapshot ? Flag.snapshot : 0
        if object.isDeleted { flags |= Flag.deleted }
        if object.isTransient { flags |= Flag.transient }
        if object.created != nil { flags |= Flag.created }
        if object.deletionDate != nil { flags |= Flag.deletionDate }
        if object.tags.hasVolumeCarePolicy { flags |= Flag.volumeCarePolicy }
        record.append(flags)
        pack(object.name)
        pack(object.globalID)
        pack(object.size)
        if let created = object.created { pack(created) }
        if let date = object.deletionDate { pack(date) }
        pack(object.tags)
    }

    private mutating func pack(_ tags: Tags) {
        pack(tags.virt)
        pack(tags.cluster)
        pack(tags.storage)
        pack(tags.contentType)
        pack(tags.vmid)
        pack(tags.disk)
        pack(tags.base)
        pack(tags.snapshot)
        pack(tags.parent)
        pack(tags.comment)
    }

    /// Behind one more than its length, so that absent and empty differ.
    private mutating func pack(_ text: String?) {
        guard let text else { return record.append(0) }
        pack(UInt64(text.utf8.count) + 1)
        record.append(contentsOf: text.utf8)
    }

    /// Seven bits a byte, the lowest first, the highest bit set on all but the last.
    private mutating func pack(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            record.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        record.append(UInt8(truncatingIfNeeded: rest))
    }
}

// MARK: Unpacking

/// Reads what the archive itself has written.
private struct RecordReader {
    var bytes: ArraySlice<UInt8>

    mutating func next() -> StorPoolObject? {
        guard let flags = bytes.popFirst() else { return nil }
        let name = text() ?? ""
        let globalID = text() ?? ""
        let size = number()
        let created = flags & ObjectArchive.Flag.created == 0 ? nil : number()
        let deletionDate = flags & ObjectArchive.Flag.deletionDate == 0 ? nil : number()
        let tags = Tags(
            virt: text(), cluster: text(), storage: text(), contentType: text(), vmid: text(), disk: text(),
            base: text(), snapshot: text(), parent: text(), comment: text(),
            hasVolumeCarePolicy: flags & ObjectArchive.Flag.volumeCarePolicy != 0)
        return StorPoolObject(
            kind: flags & ObjectArchive.Flag.snapshot == 0 ? .volume : .snapshot, name: name, globalID: globalID,
            size: size, created: created, isDeleted: flags & ObjectArchive.Flag.deleted != 0,
            isTransient: flags & ObjectArchive.Flag.transient != 0, deletionDate: deletionDate, tags: tags)
    }

    private mutating func number() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }

    private mutating func text() -> String? {
        let length = number()
        guard length > 0 else { return nil }
        let text = String(decoding: bytes.prefix(Int(clamping: length - 1)), as: UTF8.self)
        bytes = bytes.dropFirst(Int(clamping: length - 1))
        return text
    }
}
