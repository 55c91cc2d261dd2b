package import StorPool
import Text

/// Records which values of a filter occur on any object, so that a misspelt value can be reported.
package struct FilterMatches: Sendable {
    private struct Values: Sendable {
        let tag: String
        let flag: String
        let requested: [String]
        var isFound: [Bool]
        var known = KnownValues()

        init(_ tag: String, _ flag: String, _ requested: [String]) {
            (self.tag, self.flag, self.requested) = (tag, flag, requested)
            isFound = [Bool](repeating: false, count: requested.count)
        }

        mutating func note(_ value: String?) {
            guard !requested.isEmpty else { return }
            for index in requested.indices where requested[index].isSame(as: value ?? "") { isFound[index] = true }
            known.insert(value)
        }

        var problems: [String] {
            zip(requested, isFound).filter { !$0.1 }.map { text, _ in
                "\(flag) \"\(text)\" matches nothing: no object has the tag \(tag) \"\(text)\"; " + known.text
            }
        }
    }

    private var values: [Values]

    package init(_ filter: RowFilter) {
        values = [
            Values("pve-loc", "--cluster", filter.clusters), Values("pve", "--storage", filter.storages),
            Values("pve-vm", "--vmid", filter.vmids),
        ]
    }

    /// Records the tags of an object.
    package mutating func note(_ tags: Tags) {
        values[0].note(tags.cluster)
        values[1].note(tags.storage)
        values[2].note(tags.vmid)
    }

    /// One message for each value that no object has. If each value exists but no object has all of them together, a
    /// single message.
    ///
    /// - Parameter isEmpty: whether the tags of no object pass the filter.
    package func problems(isEmpty: Bool) -> [String] {
        let problems = values.flatMap(\.problems)
        let flags = values.filter { !$0.requested.isEmpty }.map(\.flag)
        guard problems.isEmpty, isEmpty, !flags.isEmpty else { return problems }
        let together = flags.joined(separator: " and ")
        return ["no object matches \(together) together: each value exists, but only on different objects"]
    }
}

/// The values of a tag on all objects, for the message about a value that no object has.
package struct KnownValues: Sendable {
    /// Maximum number of values that a message names.
    private static let shownValues = 20
    /// Maximum number of Unicode scalars that are kept of each value. This limits memory and the length of messages.
    private static let keptScalars = 64

    private var values: Set<String> = []

    package init() {}

    /// Absent and empty values are ignored.
    package mutating func insert(_ value: String?) {
        guard let value, !value.isEmpty else { return }
        if value.utf8.count <= Self.keptScalars {
            values.insert(value)
        } else {
            values.insert(String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.keptScalars))))
        }
    }

    /// A sorted list such as `known: lab, prod1`, with numbers sorted by value. If there is no value, a clause that
    /// says so.
    package var text: String {
        guard !values.isEmpty else { return "no object has this tag at all" }
        let sorted = values.sorted { (UInt64($0) ?? .max, $0) < (UInt64($1) ?? .max, $1) }
        let shown = sorted.prefix(Self.shownValues).joined(separator: ", ")
        let others = sorted.count - Self.shownValues
        return "known: " + shown + (others > 0 ? " and \(others) more" : "")
    }
}
