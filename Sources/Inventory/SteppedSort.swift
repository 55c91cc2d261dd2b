/// Sorts in steps short enough to let others have their turn: runs first, which are then merged two by two.
struct SteppedSort<Element> {
    private static var runLength: Int { 256 }
    private static var elementsPerStep: Int { 1024 }

    private let isBefore: (Element, Element) -> Bool
    /// In runs of `width`, each sorted; at the first pass those before `position`.
    private var runs: [Element]
    private var merged: [Element] = []
    private var width = 0
    private var position = 0
    /// What is left of the two runs that are being merged.
    private var (left, right) = (0..<0, 0..<0)

    init(_ elements: [Element], by isBefore: @escaping (Element, Element) -> Bool) {
        self.isBefore = isBefore
        runs = elements
    }

    /// All of them in order, after ``advance()`` has said that nothing is left.
    var sorted: [Element] { runs }

    /// Does the next step; false when nothing is left to do.
    mutating func advance() -> Bool {
        if width == 0 { sortRun() } else { merge() }
        return width == 0 || width < runs.count
    }

    private mutating func sortRun() {
        let end = min(runs.count, position + Self.runLength)
        runs.replaceSubrange(position..<end, with: runs[position..<end].sorted(by: isBefore))
        position = end
        if position == runs.count { width = Self.runLength }
    }

    private mutating func merge() {
        let end = min(runs.count, merged.count + Self.elementsPerStep)
        while merged.count < end {
            if left.isEmpty, right.isEmpty { beginPair() }
            let takesRight = left.isEmpty || (!right.isEmpty && isBefore(runs[right.lowerBound], runs[left.lowerBound]))
            if takesRight {
                merged.append(runs[right.lowerBound])
                right = right.dropFirst()
            } else {
                merged.append(runs[left.lowerBound])
                left = left.dropFirst()
            }
        }
        guard merged.count == runs.count else { return }
        swap(&runs, &merged)
        merged.removeAll(keepingCapacity: true)
        width *= 2
    }

    private mutating func beginPair() {
        let middle = min(runs.count, merged.count + width)
        left = merged.count..<middle
        right = middle..<min(runs.count, middle + width)
    }
}
