/// Tells which hashes have been seen before: open addressing over the hashes themselves, at most half full.
struct HashSieve {
    private var slots: [UInt64]
    private var containsZero = false

    /// Room for so many hashes; more are not to be inserted.
    init(expecting count: Int) {
        var size = 64
        while size < count * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
    }

    /// False when the hash had been inserted before.
    mutating func insert(_ hash: UInt64) -> Bool {
        guard hash != 0 else {
            defer { containsZero = true }
            return !containsZero
        }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] == hash { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = hash
        return true
    }
}
