import JSONStream

/// Maps the member names of JSON objects to fields.
///
/// The API writes the members of all elements in the same order. Therefore each name is first compared with the name at
/// the same position in the previous element. Elements with a different order are also read, but more slowly. Without
/// this comparison, a poll takes about 10 % more CPU time.
struct FieldTable<Field> {
    /// Maximum number of members whose order is remembered.
    private static var rememberedMembers: Int { 64 }

    /// A member of the previous element.
    struct Member {
        let name: PackedText
        /// nil if the member is not read.
        let field: Field?
        /// ``PackedText/isPlain`` of the name. Only plain names are compared with unread text.
        let isPlain: Bool
    }

    private let fields: [(name: PackedText, field: Field)]
    private var order: [Member] = []
    private var cursor = 0

    init(_ fields: [(String, Field)]) {
        self.fields = fields.map { (PackedText($0.0), $0.1) }
    }

    /// Starts a new element.
    @inline(__always)
    mutating func begin() {
        cursor = 0
    }

    /// Returns the field of the next member, whose name is `name`. Nil if the name is not in the table.
    @inline(__always)
    mutating func field(_ name: PackedText) -> Field? {
        if cursor < order.count, order[cursor].name == name, name.isExact {
            cursor += 1
            return order[cursor - 1].field
        }
        return search(name)
    }

    /// The member that probably comes next. Nil if it is unknown or its name is not plain.
    @inline(__always)
    var expected: Member? {
        cursor < order.count && order[cursor].isPlain ? order[cursor] : nil
    }

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

/// Keeps the previous value of a field. If the next value is the same, its string is reused: consecutive objects mostly
/// have the same storage, cluster and VM.
struct LastText {
    private var packed = PackedText()
    private var text = ""

    @inline(__always)
    mutating func text(_ json: inout JSONReader, _ chunk: RawSpan) -> String {
        let next = json.packedText(in: chunk)
        if next == packed, next.isExact { return text }
        packed = next
        text = json.text(in: chunk)
        return text
    }
}
