import Testing

@testable import Inventory

@Suite("Which hashes have been seen")
struct HashSieveTests {
    @Test("one that was seen never passes for a new one", arguments: [0, 1, 100, 20_000])
    func seen(_ count: Int) {
        var random = SystemRandomNumberGenerator()
        let hashes = (0..<count).map { _ in random.next() as UInt64 } + [0, 1, .max]
        var sieve = HashSieve(expecting: count)
        for hash in hashes { _ = sieve.insert(hash) }
        let passed = hashes.filter { sieve.insert($0) }
        #expect(passed.isEmpty)
    }

    @Test("few of the new ones pass for seen")
    func new() {
        let count = 100_000
        var sieve = HashSieve(expecting: count)
        // Spread as the hashes of keys are.
        let mistaken = (0..<UInt64(count)).count { number in
            let (high, low) = (number &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            return !sieve.insert(high ^ low)
        }
        #expect(mistaken < count / 50)
    }

    @Test("more than expected are taken all the same")
    func more() {
        var sieve = HashSieve(expecting: 1)
        for hash in 0..<10_000 as Range<UInt64> { _ = sieve.insert(hash) }
        let isNew = sieve.insert(77)
        #expect(!isNew)
    }
}
