/// The active faults, the oldest first.
struct FaultTable {
    private struct Entry {
        var fault: Fault
        /// Time of the end, in seconds of the caller's clock; nil for no end.
        var ends: Double?
    }

    private var entries: [Entry] = []

    mutating func add(_ fault: Fault, at now: Double) {
        entries.append(Entry(fault: fault, ends: fault.seconds.map { now + $0 }))
    }

    mutating func removeAll() { entries = [] }

    mutating func active(at now: Double) -> [Fault] {
        expire(at: now)
        return entries.map(\.fault)
    }

    /// Returns the oldest active fault that applies to the call. Reduces its number of remaining replies by one.
    mutating func take(for call: String, at now: Double) -> Fault? {
        expire(at: now)
        guard let index = entries.firstIndex(where: { $0.fault.applies(to: call) }) else { return nil }
        let fault = entries[index].fault
        if let left = fault.repliesLeft {
            if left <= 1 { entries.remove(at: index) } else { entries[index].fault.repliesLeft = left - 1 }
        }
        return fault
    }

    private mutating func expire(at now: Double) {
        entries.removeAll { entry in entry.ends.map { $0 <= now } ?? false }
    }
}
