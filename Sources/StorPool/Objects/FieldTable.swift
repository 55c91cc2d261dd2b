import JSONStream

/// Finds which field a member's name means.
///
/// The API writes the members of every element in the same order, so the order of the element before is tried first: a
/// name then costs one comparison instead of a search. Any other order is only slower.
struct FieldTable<Field> {
    /// Members of an element whose order is remembered.
    private static var rememberedMembers: Int { 64 }

    /// A member of the element before.
    struct Member {
        let name: PackedText
        /// nil when nobody wants it.
        let field: Field?
        /// Whether the next one can be told by the bytes of its name.
        let isPlain: Bool
    }

    private let fields: [(name: PackedText, field: Field)]
    private var order: [Member] = []
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

    /// What the next member most likely is; nil when that is not known, or its name has to be read to be compared.
    @inline(__always)
    var expected: Member? {
        cursor < order.count && order[cursor].isPlain ? order[cursor] : nil
    }

    /// The next member was the expected one.
    @inline(__always)
    mutating func passExpected() {
        cursor += 1
    }

    private mutating func search(_ name: PackedText) -> Field? {
        let found = name.isExact ? fields.first { $0.name == name }?.field : nil
        let member = Member(name: name, field: found, isPlain: name.isPlain)
        if cursor < order.count {
            order[cursor] = member
        } else if order.count < Self.rememberedMembers {
            order.append(member)
        }
        cursor += 1
        return found
    }
}
