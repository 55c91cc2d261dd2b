import Text

/// Assigns numbers to values, from 0 in the order of arrival. Records and keys can then hold integers. Equal values
/// have the same number, unless they are added by `append`.
struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: UInt32] = [:]
    private var last: (value: Value, number: UInt32)?

    /// Number of values that can be looked up.
    var lookupCount: Int { numbers.count }

    mutating func reserveCapacity(_ count: Int, lookups: Int) {
        values.reserveCapacity(count)
        numbers.reserveCapacity(lookups)
    }

    /// The number of a value. A new value gets the next number.
    mutating func number(of value: Value) -> UInt32 {
        // Consecutive objects mostly have the same storage, VM and volume.
        if let last, last.value == value { return last.number }
        let next = UInt32(values.count)
        // One access to the dictionary both finds an old value and inserts a new one.
        let number = { (number: inout UInt32) in number }(&numbers[value, default: next])
        if number == next { values.append(value) }
        last = (value, number)
        return number
    }

    /// Frees the memory for lookups. After this call, `number(of:)` must not be called.
    mutating func endLookups() {
        numbers = [:]
    }

    /// Adds a value that is never looked up, and returns its number.
    mutating func append(_ value: Value) -> UInt32 {
        values.append(value)
        return UInt32(values.count - 1)
    }

    subscript(_ number: UInt32) -> Value { values[Int(number)] }
}

extension Numbering where Value: Comparable {
    /// The position of each value in sorted order, indexed by the number of the value.
    var ranks: [UInt32] {
        var ranks = [UInt32](repeating: 0, count: values.count)
        for (rank, number) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            ranks[number] = UInt32(rank)
        }
        return ranks
    }
}

extension Numbering where Value == ExactString {
    /// The number of a string. The memory of a new string is added to `bytes`.
    mutating func number(of text: String, countingBytesIn bytes: inout Int) -> UInt32 {
        let count = values.count
        let number = number(of: ExactString(text))
        if values.count > count { bytes += text.utf8.count + TooMuchText.overhead }
        return number
    }
}
