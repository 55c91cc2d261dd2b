/// Tells which hashes may have been seen before: a Bloom filter, so that a million of them take two megabytes. It never
/// takes a hash for a new one that it has seen, and one in some hundred for a seen one that is new.
struct HashSieve {
    private static let bitsPerHash = 16
    /// Bits that each hash sets.
    private static let probes = 3

    private var words: [UInt64]
    private let mask: UInt64

    /// Room for so many hashes; with more of them, more new ones pass for seen.
    init(expecting count: Int) {
        var bits = 1024
        while bits < count * Self.bitsPerHash { bits *= 2 }
        words = [UInt64](repeating: 0, count: bits / 64)
        mask = UInt64(bits - 1)
    }

    /// True when the hash is certainly new.
    mutating func insert(_ hash: UInt64) -> Bool {
        var isNew = false
        // Each probe is the sum of two halves of the hash, the second taken once more each time (double hashing).
        let step = hash >> 32 | 1
        var probe = hash
        for _ in 0..<Self.probes {
            let word = Int(truncatingIfNeeded: (probe & mask) >> 6)
            let bit: UInt64 = 1 << (probe & 63)
            if words[word] & bit == 0 {
                isNew = true
                words[word] |= bit
            }
            probe = probe &+ step &* 0x9E37_79B9
        }
        return isNew
    }
}
