/// Gives equal texts the same small number, so that what is kept of an object is a few machine words.
struct TextTable {
    /// Numbers are dense, from 0, in the order of first insertion.
    typealias Index = UInt32

    private var indexes: [String: Index] = [:]
    private var texts: [String] = []
    private var last: (text: String, index: Index)?

    /// How many different texts there are.
    var count: Int { texts.count }

    /// The number of a text, a new one when it is new.
    mutating func insert(_ text: String) -> Index {
        if let last, last.text == text { return last.index }
        let next = Index(truncatingIfNeeded: texts.count)
        let index = indexes[text] ?? next
        if index == next {
            indexes[text] = next
            texts.append(text)
        }
        last = (text, index)
        return index
    }

    /// The number of a text that is already in the table.
    func find(_ text: String) -> Index? { indexes[text] }

    /// The text of a number that this table gave out.
    subscript(_ index: Index) -> String { texts[Int(index)] }
}
