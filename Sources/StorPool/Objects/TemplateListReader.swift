import JSONStream

/// An entry of `VolumeTemplatesStatus`. Sizes are bytes of client data, before replication. A size is nil if the reply
/// has no valid integer. The capacities of templates that share drives overlap, so they must not be added.
package struct TemplateStatus: Equatable, Sendable {
    /// Never empty.
    package var name: String
    /// `stored.capacity`.
    package var capacity: UInt64?
    /// `stored.free`.
    package var free: UInt64?
    /// `storedSize`.
    package var stored: UInt64?
    /// `size`: the sum of the volume sizes.
    package var provisioned: UInt64?

    package init(
        name: String, capacity: UInt64? = nil, free: UInt64? = nil, stored: UInt64? = nil, provisioned: UInt64? = nil
    ) {
        self.name = name
        self.capacity = capacity
        self.free = free
        self.stored = stored
        self.provisioned = provisioned
    }
}

/// Reads a reply to `VolumeTemplatesStatus`. An entry without a name is malformed.
package struct TemplateListReader: ~Copyable, ReplyReader {
    private var list = ListReader(TemplateElementReader())

    package init() {}

    package mutating func read(_ chunk: RawSpan, _ element: (TemplateStatus) -> Void) throws(ReplyError) {
        try list.read(chunk, element)
    }

    package mutating func finish() throws(ReplyError) -> ListSummary {
        try list.finish()
    }
}

struct TemplateElementReader: ElementReader {
    enum Field { case name, size, storedSize, storedEstimates, capacity, free }

    var fields = FieldTable<Field>([
        ("name", .name), ("size", .size), ("storedSize", .storedSize), ("stored", .storedEstimates),
    ])
    var nestedFields = FieldTable<Field>([("capacity", .capacity), ("free", .free)])
    private var status = TemplateStatus(name: "")

    mutating func enter(_ field: Field) -> Bool {
        guard field == .storedEstimates else { return false }
        (status.capacity, status.free) = (nil, nil)
        return true
    }

    mutating func take(_ field: Field, _ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan) {
        let number = token == .number ? json.unsignedInteger : nil
        switch field {
        case .name: status.name = token == .string ? json.text(in: chunk) : ""
        case .size: status.provisioned = number
        case .storedSize: status.stored = number
        case .storedEstimates: (status.capacity, status.free) = (nil, nil)
        case .capacity: status.capacity = number
        case .free: status.free = number
        }
    }

    mutating func end() -> TemplateStatus? {
        defer { status = TemplateStatus(name: "") }
        return status.name.isEmpty ? nil : status
    }
}
