/// A cache of the JSON of one list in one format. Renders only changed blocks again.
final class RenderedList {
    /// Maximum size of the cache in bytes. For a larger list, only the lengths of blocks are kept, and each reply
    /// renders all elements.
    static let cacheLimit = 192 << 20

    private let form: ObjectFormat
    private let cacheLimit: Int
    private var versions: [UInt64] = []
    private var lengths: [Int] = []
    private var cached: [[UInt8]] = []
    private var total = 0
    private var keepsBytes = true

    init(form: ObjectFormat, cacheLimit: Int = RenderedList.cacheLimit) {
        self.form = form
        self.cacheLimit = cacheLimit
    }

    func pieces(of list: ObjectList) -> [ReplyBody.Piece] {
        refresh(list)
        return list.blocks.indices.compactMap { index in
            guard lengths[index] > 0 else { return nil }
            if keepsBytes { return .bytes(cached[index]) }
            return .elements(list.blocks[index].objects, as: form, length: lengths[index])
        }
    }

    private func refresh(_ list: ObjectList) {
        for (index, block) in list.blocks.enumerated() {
            if index == versions.count {
                versions.append(0)
                lengths.append(0)
                if keepsBytes { cached.append([]) }
            }
            guard versions[index] != block.version else { continue }
            let bytes = ReplyBody.Piece.elements(block.objects, as: form, length: lengths[index]).rendered()
            versions[index] = block.version
            total += bytes.count - lengths[index]
            lengths[index] = bytes.count
            // The array has unused capacity, which would double the memory of the cache. Therefore a copy is stored.
            if keepsBytes { cached[index] = bytes.withUnsafeBufferPointer { [UInt8]($0) } }
            if total > cacheLimit, keepsBytes {
                keepsBytes = false
                cached = []
            }
        }
    }
}
