import JSONStream

/// Finds which field a member's name means.
///
/// The API writes the members of every element in the same order, so the order of the element before is tried first: a
/// name then costs one comparison instead of a search. Any other order is only slower.
struct FieldTable<Field> {
    /// Members of an element whose order is remembered.
    private static var rememberedMembers: Int { 64 }

    private let fields: [(name: PackedText, field: Field)]
    private var order: [(name: PackedText, field: Field?)] = []
    private var cursor = 0

    init(_ fields: [(String, Field)]) {
        self.fields = fields.map { (PackedText($0.0), $0.1) }
    }

    /// A new element begins.
    @inline(__always)
    mutating func begin() {
        cursor = 0
    }

    /// The field of the next member, nil when it is none of the table's.
    @inline(__always)
    mutating func field(_ name: PackedText) -> Field? {
        if cursor < order.count, order[cursor].name == name, name.isExact {
            cursor += 1
            return order[cursor - 1].field
        }
        return search(name)
    }

    private mutating func search(_ name: PackedText) -> Field? {
        let found = name.isExact ? fields.first { $0.name == name }?.field : nil
        if cursor < order.count {
            order[cursor] = (name, found)
        } else if order.count < Self.rememberedMembers {
            order.append((name, found))
        }
        cursor += 1
        return found
    }
}
