/// The random number generator xoshiro256** of Blackman and Vigna, seeded by SplitMix64. The same seed gives the same
/// cluster on every machine and with every version of Swift.
struct Randomness {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(seed: UInt64) {
        var mixer = seed
        func mixed() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var value = mixer
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
        state = (mixed(), mixed(), mixed(), mixed())
    }

    mutating func next() -> UInt64 {
        func rotated(_ value: UInt64, by count: UInt64) -> UInt64 { (value << count) | (value >> (64 - count)) }
        let result = rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, by: 45)
        return result
    }

    /// A number below `bound`; 0 if `bound` is not positive.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True with a probability of `parts` in `whole`.
    mutating func chance(_ parts: Int, in whole: Int = 100) -> Bool {
        below(whole) < parts
    }

    /// A random element; nil if there are no elements.
    mutating func pick<Values: RandomAccessCollection>(_ values: Values) -> Values.Element? {
        guard !values.isEmpty else { return nil }
        return values[values.index(values.startIndex, offsetBy: below(values.count))]
    }

    /// A random value by weight; nil if all weights are 0.
    mutating func pick<Value>(weighted choices: [(value: Value, weight: Int)]) -> Value? {
        var point = below(choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            if point < choice.weight { return choice.value }
            point -= choice.weight
        }
        return nil
    }
}

/// A hash of the number. Properties of objects depend on it, so objects with consecutive serials look different.
func hashed(_ number: UInt64) -> UInt64 {
    var mixer = Randomness(seed: number)
    return mixer.next()
}
