package import JSONStream

/// Reads the reply to one API call, chunk by chunk.
package protocol ReplyReader: ~Copyable {
    associatedtype Element

    /// Reads the next chunk and calls `element` with each complete element. The reader is unusable after an error.
    mutating func read(_ chunk: RawSpan, _ element: (Element) -> Void) throws(ReplyError)
    /// Ends the reply. Throws if the reply is incomplete, has an `error`, or has no list in `data`.
    mutating func finish() throws(ReplyError) -> ListSummary
}

package struct ListSummary: Equatable, Sendable {
    /// Number of elements that were read.
    package internal(set) var count = 0
    /// Number of elements that could not be read.
    package internal(set) var malformed = 0
}

/// Why a reply could not be read.
package enum ReplyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not JSON, or beyond the limits of ``JSONReader``.
    case malformed(JSONError)
    /// JSON, but not a list in the form of the API.
    case unexpected(String, offset: UInt64)
    /// The reply contains an `error`. The HTTP status is not considered.
    case refused(APIError, offset: UInt64)

    /// One sentence with the byte offset.
    package var description: String {
        switch self {
        case .malformed(let error): "the reply is not valid JSON: \(error)"
        case .unexpected(let what, let offset): "\(what) at byte \(offset)"
        case .refused(let error, let offset): "\(error) (at byte \(offset))"
        }
    }
}

/// The `error` member of a reply. `name` and `descr` are nil if they are missing or not strings. If `error` itself is a
/// string, it becomes `descr`.
package struct APIError: Equatable, Sendable, CustomStringConvertible {
    /// A code such as `objectDoesNotExist`.
    package var name: String?
    package var descr: String?
    /// Whether the API says that a retry may succeed.
    package var isTransient = false

    package init() {}

    /// Such as `StorPool API error busy: The service is starting (transient)`.
    package var description: String {
        let text = descr.map { ": " + $0 } ?? ""
        return "StorPool API error \(name ?? "without a name")\(text)\(isTransient ? " (transient)" : "")"
    }
}

/// Reads the fields of one kind of element. ``ListReader`` calls the functions in the order of the members.
protocol ElementReader {
    associatedtype Element
    associatedtype Field

    /// The members of an element that are read.
    var fields: FieldTable<Field> { get set }
    /// The members of a nested object that are read.
    var nestedFields: FieldTable<Field> { get set }

    /// Called at the start of a nested JSON object, the value of `field`. Returns true if its members are to be read, and
    /// then also clears the previous value of the field.
    mutating func enter(_ field: Field) -> Bool
    /// Sets the field to a scalar. An array, or an object that is not read, is passed as `null`.
    mutating func take(_ field: Field, _ token: JSONToken, _ json: inout JSONReader, _ chunk: RawSpan)
    /// Returns the element, or nil if it is malformed, and clears all fields for the next element.
    mutating func end() -> Element?
}

/// Reads a reply `{"generation": …, "data": [ … ]}` in chunks of any size. Keeps only one element of `data` in memory,
/// and calls the handler when the element is complete.
struct ListReader<Reader: ElementReader>: ~Copyable {
    private enum Position {
        /// Before the top-level object, between its members, or after it.
        case start, envelope, end
        /// Before the value of `data` or `error`.
        case dataValue, errorValue
        /// Between the elements of `data`.
        case data
        /// Between the members of an element, or before the value of a member.
        case element, elementValue(Reader.Field)
        /// Between the members of an object nested in an element, or before the value of such a member.
        case nested(Reader.Field), nestedValue(Reader.Field, of: Reader.Field)
        /// Between the members of `error`, or before the value of a member.
        case error, errorFieldValue(ErrorField)
    }

    private enum ErrorField { case name, descr, transient }

    private let members = (data: PackedText("data"), error: PackedText("error"))
    private var errorFields = FieldTable<ErrorField>([
        ("name", .name), ("descr", .descr), ("transient", .transient),
    ])
    private var json = JSONReader()
    private var reader: Reader
    private var position = Position.start
    /// Not optional, because Swift 6.3 leaks a string if `error?.descr` is assigned twice.
    private var error = APIError()
    private var hasError = false
    private var errorOffset: UInt64 = 0
    private var hasData = false
    /// Set if `data` is not a list.
    private var invalidDataOffset: UInt64?
    private(set) var summary = ListSummary()

    init(_ reader: Reader) {
        self.reader = reader
    }

    mutating func read(_ chunk: RawSpan, _ handler: (Reader.Element) -> Void) throws(ReplyError) {
        while true {
            readExpectedMembers(chunk)
            let token: JSONToken
            do { token = try json.next(in: chunk) } catch { throw .malformed(error) }
            if case .needsMore = token { return }
            switch position {
            case .element, .elementValue, .nested, .nestedValue: readElement(token, chunk, handler)
            case .data: readData(token, chunk)
            case .error, .errorFieldValue: readError(token, chunk)
            case .start, .envelope, .dataValue, .errorValue, .end: try readEnvelope(token, chunk)
            }
        }
    }

    mutating func finish() throws(ReplyError) -> ListSummary {
        let number: JSONToken?
        do { number = try json.finish() } catch {
            // If the reply is truncated after a complete `error`, the API's error is more useful than a JSON error.
            if hasError, !isInsideError { throw .refused(self.error, offset: errorOffset) }
            throw .malformed(error)
        }
        if number != nil { throw .unexpected("the reply is not a JSON object", offset: 0) }
        if hasError { throw .refused(error, offset: errorOffset) }
        if let invalidDataOffset { throw .unexpected("the reply's data is not a list", offset: invalidDataOffset) }
        guard hasData else { throw .unexpected("the reply has no member \"data\"", offset: json.offset) }
        return summary
    }

    private var isInsideError: Bool {
        switch position {
        case .error, .errorFieldValue: true
        default: false
        }
    }
}

// MARK: The envelope

extension ListReader {
    private mutating func readEnvelope(_ token: JSONToken, _ chunk: RawSpan) throws(ReplyError) {
        switch (position, token) {
        case (.start, .beginObject): position = .envelope
        case (.envelope, .key): try readMember(chunk)
        case (.envelope, .endObject): position = .end
        case (.dataValue, _): readDataValue(token)
        case (.errorValue, _): readErrorValue(token, chunk)
        default: throw .unexpected("the reply is not a JSON object", offset: 0)
        }
    }

    private mutating func readMember(_ chunk: RawSpan) throws(ReplyError) {
        let name = json.packedText(in: chunk)
        if name == members.data {
            guard !hasData else { throw .unexpected("the reply has a second data member", offset: json.offset) }
            hasData = true
            position = .dataValue
        } else if name == members.error {
            position = .errorValue
        } else {
            json.skipValue()
        }
    }

    private mutating func readDataValue(_ token: JSONToken) {
        if case .beginArray = token { return position = .data }
        invalidDataOffset = json.offset
        if case .beginObject = token { json.skipRest() }
        position = .envelope
    }

    private mutating func readErrorValue(_ token: JSONToken, _ chunk: RawSpan) {
        (error, hasError) = (APIError(), true)
        errorOffset = json.offset
        position = .envelope
        switch token {
        case .beginObject: position = .error
        case .beginArray: json.skipRest()
        case .string: error.descr = json.text(in: chunk)
        default: break
        }
    }

    private mutating func readError(_ token: JSONToken, _ chunk: RawSpan) {
        switch (position, token) {
        case (.errorFieldValue(let field), _):
            switch (field, token) {
            case (.name, .string): error.name = json.text(in: chunk)
            case (.descr, .string): error.descr = json.text(in: chunk)
            case (.transient, .true): error.isTransient = true
            case (_, .beginObject), (_, .beginArray): json.skipRest()
            default: break
            }
            position = .error
        case (_, .key):
            errorFields.begin()
            if let field = errorFields.field(json.packedText(in: chunk)) {
                position = .errorFieldValue(field)
            } else {
                json.skipValue()
            }
        default:
            position = .envelope
        }
    }
}

// MARK: The elements

extension ListReader {
    private mutating func readData(_ token: JSONToken, _ chunk: RawSpan) {
        switch token {
        case .beginObject:
            reader.fields.begin()
            position = .element
        case .endArray:
            position = .envelope
        case .beginArray:
            summary.malformed += 1
            json.skipRest()
        default:
            summary.malformed += 1
        }
    }

    @inline(__always)
    private mutating func readElement(_ token: JSONToken, _ chunk: RawSpan, _ handler: (Reader.Element) -> Void) {
        switch position {
        case .element:
            if case .key = token {
                guard let field = reader.fields.field(json.packedText(in: chunk)) else { return json.skipValue() }
                position = .elementValue(field)
            } else {
                position = .data
                endElement(handler)
            }
        case .elementValue(let field):
            position = takeValue(field, token, chunk) ? .nested(field) : .element
        case .nested(let outer):
            if case .key = token {
                guard let field = reader.nestedFields.field(json.packedText(in: chunk)) else {
                    return json.skipValue()
                }
                position = .nestedValue(field, of: outer)
            } else {
                position = .element
            }
        case .nestedValue(let field, let outer):
            if takeValue(field, token, chunk) { json.skipRest() }
            position = .nested(outer)
        default:
            break
        }
    }

    /// Compares the names of the next members with the names in the previous element, which is faster than reading
    /// them.
    @inline(__always)
    private mutating func readExpectedMembers(_ chunk: RawSpan) {
        switch position {
        case .element:
            if let field = Self.enterExpected(&reader.fields, &json, chunk) { position = .elementValue(field) }
        case .nested(let outer):
            if let field = Self.enterExpected(&reader.nestedFields, &json, chunk) {
                position = .nestedValue(field, of: outer)
            }
        default:
            break
        }
    }

    /// Reads the names of the next members while they are the same as in the previous object. Skips values without a
    /// field.
    ///
    /// - Returns: the field whose value is next. Nil if ``JSONReader/next(in:)`` must read the next member.
    @inline(__always)
    private static func enterExpected(
        _ fields: inout FieldTable<Reader.Field>, _ json: inout JSONReader, _ chunk: RawSpan
    ) -> Reader.Field? {
        while let member = fields.expected {
            if let field = member.field {
                guard json.enterMember(named: member.name, in: chunk) else { return nil }
                fields.passExpected()
                return field
            }
            guard json.skipMember(named: member.name, in: chunk) else { return nil }
            fields.passExpected()
        }
        return nil
    }

    /// Passes a value to the reader. Returns true if the value is an object whose members are read next.
    @inline(__always)
    private mutating func takeValue(_ field: Reader.Field, _ token: JSONToken, _ chunk: RawSpan) -> Bool {
        switch token {
        case .beginObject:
            if reader.enter(field) {
                reader.nestedFields.begin()
                return true
            }
            reader.take(field, .null, &json, chunk)
            json.skipRest()
        case .beginArray:
            reader.take(field, .null, &json, chunk)
            json.skipRest()
        default:
            reader.take(field, token, &json, chunk)
        }
        return false
    }

    @inline(__always)
    private mutating func endElement(_ handler: (Reader.Element) -> Void) {
        if let element = reader.end() {
            summary.count += 1
            handler(element)
        } else {
            summary.malformed += 1
        }
    }
}
