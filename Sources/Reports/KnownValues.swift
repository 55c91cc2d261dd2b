/// The values that a tag has on all objects, for a message about one that no object has.
public struct KnownValues: Sendable {
    /// How many values a message names.
    private static let shownValues = 20
    /// Maximum length of a value in Unicode scalars. Longer values are cut, to bound memory and the message.
    private static let keptScalars = 64

    private var values: Set<String> = []

    /// None yet.
    public init() {}

    /// Adds a value; absent and empty ones are ignored.
    public mutating func insert(_ value: String?) {
        guard let value, !value.isEmpty else { return }
        if value.utf8.count <= Self.keptScalars {
            values.insert(value)
        } else {
            values.insert(String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.keptScalars))))
        }
    }

    /// A list such as `known: lab, prod1`, sorted; numbers are sorted by value.
    public var text: String {
        guard !values.isEmpty else { return "no object has any" }
        let sorted = values.sorted { (UInt64($0) ?? .max, $0) < (UInt64($1) ?? .max, $1) }
        let shown = sorted.prefix(Self.shownValues).joined(separator: ", ")
        let others = sorted.count - Self.shownValues
        return "known: " + shown + (others > 0 ? " and \(others) more" : "")
    }
}
