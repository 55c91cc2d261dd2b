import JSONStream

/// Reads the elements of one kind of list, one after the other, into one reused place.
///
/// The reader of the reply calls these in the order of the text.
protocol ElementReader {
    associatedtype Element
    /// A member that is looked at, of the element or of an object nested in it.
    associatedtype Field

    /// The members of an element that are looked at.
    var fields: FieldTable<Field> { get set }
    /// Those of the object nested in it.
    var nestedFields: FieldTable<Field> { get set }

    /// Whether the object at this field has fields of its own, and if so forgets what was read of it before.
    mutating func enter(_ field: Field) -> Bool
    /// Takes a scalar, `null` also where an array or object stands that is not looked into.
    mutating func take(_ field: Field, _ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan)
    /// The element, or nil when it is malformed. Nothing of it is left: another begins.
    mutating func end() -> Element?
}
