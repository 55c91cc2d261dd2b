package import StorPool

/// Which values of a filter exist among all objects, to tell a misspelt value from an empty result.
package struct FilterMatches: Sendable {
    private struct Values: Sendable {
        let tag: String
        let flag: String
        let asked: [String]
        var isFound: [Bool]
        var known = KnownValues()

        init(_ tag: String, _ flag: String, _ asked: [String]) {
            (self.tag, self.flag, self.asked) = (tag, flag, asked)
            isFound = [Bool](repeating: false, count: asked.count)
        }

        mutating func note(_ value: String?) {
            guard !asked.isEmpty else { return }
            let value = value ?? ""
            for number in asked.indices where asked[number].utf8.elementsEqual(value.utf8) { isFound[number] = true }
            known.insert(value)
        }

        var problems: [String] {
            zip(asked, isFound).filter { !$0.1 }.map { text, _ in
                "\(flag) \"\(text)\" matches nothing: no object has \(tag) \"\(text)\"; " + known.text
            }
        }
    }

    private var values: [Values]

    /// Checks the filter's clusters, storages and VM ids.
    package init(_ filter: RowFilter) {
        values = [
            Values("pve-loc", "--cluster", filter.clusters), Values("pve", "--storage", filter.storages),
            Values("pve-vm", "--vmid", filter.vmids),
        ]
    }

    /// Takes the tags of an object into account.
    package mutating func note(_ tags: Tags) {
        values[0].note(tags.cluster)
        values[1].note(tags.storage)
        values[2].note(tags.vmid)
    }

    /// One sentence for each value that no object has. If all exist, one sentence if they match nothing together.
    ///
    /// - Parameter isEmpty: whether no object has a value of each filter.
    package func problems(isEmpty: Bool) -> [String] {
        let problems = values.flatMap(\.problems)
        let flags = values.filter { !$0.asked.isEmpty }.map(\.flag)
        guard problems.isEmpty, isEmpty, !flags.isEmpty else { return problems }
        let together = flags.joined(separator: " and ")
        return ["\(together) match nothing together: each value exists, but on different objects"]
    }
}
