package import StorPool

/// The objects that a command will print, in the order in which the API lists them. They are kept because their rows
/// can be printed only after the whole cluster has been read and compared.
package struct ObjectArchive {
    private var objects: [StorPoolObject] = []
    /// Bytes of memory, without the unused capacity of the array.
    package private(set) var byteCount = 0

    package init() {}

    package var count: Int { objects.count }

    package mutating func add(_ object: StorPoolObject) {
        let tags = object.tags
        let texts = [
            object.name, object.globalID, tags.virt, tags.cluster, tags.storage, tags.contentType, tags.vmid,
            tags.disk, tags.base, tags.snapshot, tags.parent, tags.comment,
        ]
        byteCount += MemoryLayout<StorPoolObject>.stride + texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        objects.append(object)
    }

    /// Unlike `Sequence.forEach`, this method throws a typed error.
    package func forEach<Failure: Error>(_ body: (StorPoolObject) throws(Failure) -> Void) throws(Failure) {
        for object in objects { try body(object) }
    }
}
