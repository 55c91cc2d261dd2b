import JSONStream

/// Reads the elements of one kind of list, one after the other, into one reused place.
///
/// The reader of the reply calls these in the order of the text.
protocol ElementReader {
    associatedtype Element
    /// A member that is looked at, of the element or of an object nested in it.
    associatedtype Field

    /// Forgets the element before.
    mutating func begin()
    /// Which field a member of the element is; nil when nobody wants it.
    mutating func field(_ name: PackedText) -> Field?
    /// Whether the object at this field has fields of its own, and if so forgets what was read of it before.
    mutating func enter(_ field: Field) -> Bool
    /// Which field a member of the nested object is.
    mutating func nestedField(_ name: PackedText, of outer: Field) -> Field?
    /// Takes a scalar, `null` also where an array or object stands that is not looked into.
    mutating func take(_ field: Field, _ token: JSONToken, _ json: borrowing JSONReader, _ chunk: RawSpan)
    /// The element, or nil when it is malformed.
    mutating func end() -> Element?
}
