import Text

/// Gives equal values the same number, from 0 in the order of arrival, so that records and keys are integers.
struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: UInt32] = [:]
    private var last: (value: Value, number: UInt32)?

    mutating func reserveCapacity(_ count: Int) {
        values.reserveCapacity(count)
    }

    /// The number of a value, a new one if the value is new.
    mutating func number(of value: Value) -> UInt32 {
        // Neighbours in a list mostly share storage, VM and volume.
        if let last, last.value == value { return last.number }
        let next = UInt32(values.count)
        // One look-up, which also inserts a new value.
        let number = { (number: inout UInt32) in number }(&numbers[value, default: next])
        if number == next { values.append(value) }
        last = (value, number)
        return number
    }

    /// A new number for a value that is never looked up.
    mutating func append(_ value: Value) -> UInt32 {
        values.append(value)
        return UInt32(values.count - 1)
    }

    subscript(_ number: UInt32) -> Value { values[Int(number)] }
}

extension Numbering where Value: Comparable {
    /// The rank of each value by its number: ranks order as the values do.
    var ranks: [UInt32] {
        var ranks = [UInt32](repeating: 0, count: values.count)
        for (rank, number) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            ranks[number] = UInt32(rank)
        }
        return ranks
    }
}

extension Numbering where Value == ExactString {
    /// The number of a text; the bytes of a new text are added to `bytes`.
    mutating func number(of text: String, countingBytesIn bytes: inout Int) -> UInt32 {
        let count = values.count
        let number = number(of: ExactString(text))
        if values.count > count { bytes += text.utf8.count }
        return number
    }
}
