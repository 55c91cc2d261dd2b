import JSONStream

/// Who hears of what a reply consists of, as it is read.
package struct ListHandler<Element> {
    /// The next element of `data`. Lent, not given: nobody copies its texts who does not keep them.
    let element: (Element) -> Void
    /// `data` begins again: what came before does not count (of equal names the last wins).
    let restart: () -> Void

    /// Hands elements and beginnings to these.
    package init(element: @escaping (Element) -> Void, restart: @escaping () -> Void) {
        self.element = element
        self.restart = restart
    }
}

/// How a list ended that was read to its last byte.
package struct ListSummary: Equatable, Sendable {
    /// Elements that were handed over since `data` began for the last time.
    package internal(set) var count = 0
    /// Elements that could not be read and were left out.
    package internal(set) var malformed = 0
}

/// Reads a reply `{"generation": …, "data": [ … ]}` of the StorPool API that arrives in chunks, and hands over each
/// element of `data` as its closing brace arrives. Memory does not follow the length of the reply.
struct ListReader<Reader: ElementReader>: ~Copyable {
    private enum Place {
        /// Before the top-level object; between its members; after it.
        case start, envelope, end
        /// The value of this member is next.
        case dataValue, errorValue
        /// Between the elements of `data`.
        case data
        /// Between the members of an element, or at the value of one.
        case element, elementValue(Reader.Field)
        /// The same of an object nested in it.
        case nested(Reader.Field), nestedValue(Reader.Field, of: Reader.Field)
        /// Between the members of `error`, or at the value of one.
        case error, errorFieldValue(ErrorField)
    }

    private enum ErrorField { case name, descr, transient }

    private let members = (data: PackedText("data"), error: PackedText("error"))
    private var errorFields = FieldTable<ErrorField>([
        ("name", .name), ("descr", .descr), ("transient", .transient),
    ])
    private var json = JSONReader()
    private var reader: Reader
    private var place = Place.start
    /// What has been read of `error`. Not optional: with Swift 6.3, assigning twice through `error?.descr` leaks a text.
    private var error = APIError()
    private var hasError = false
    private var errorOffset: UInt64 = 0
    private var hasData = false
    /// `data` is there, but no list.
    private var oddDataOffset: UInt64?
    private(set) var summary = ListSummary()

    init(_ reader: Reader) {
        self.reader = reader
    }

    /// How many bytes have been read.
    var offset: UInt64 { json.offset }

    /// Reads the next chunk. After an error the reader is of no more use.
    mutating func read(_ chunk: RawSpan, _ handler: borrowing ListHandler<Reader.Element>) throws(ReplyError) {
        while true {
            readExpectedMembers(chunk)
            let token: JSONToken
            do { token = try json.next(in: chunk) } catch { throw .malformed(error) }
            if token == .needsMore { return }
            switch place {
            case .element, .elementValue, .nested, .nestedValue: readElement(token, chunk, handler)
            case .data: readData(token, chunk)
            case .error, .errorFieldValue: readError(token, chunk)
            case .start, .envelope, .dataValue, .errorValue, .end: try readEnvelope(token, chunk, handler)
            }
        }
    }

    /// Says that the reply ends here, whole.
    mutating func finish() throws(ReplyError) -> ListSummary {
        do {
            if try json.finish() != nil { throw ReplyError.unexpected("the reply is not an object", offset: 0) }
        } catch let error as JSONError {
            // An error that arrived whole says more than the missing end of its reply.
            if hasError, !isInsideError { throw .refused(self.error, offset: errorOffset) }
            throw .malformed(error)
        } catch {
            throw .unexpected("the reply is not an object", offset: 0)
        }
        if hasError { throw .refused(error, offset: errorOffset) }
        if let oddDataOffset { throw .unexpected("the reply's data is not a list", offset: oddDataOffset) }
        guard hasData else { throw .unexpected("the reply has no data", offset: json.offset) }
        return summary
    }

    private var isInsideError: Bool {
        switch place {
        case .error, .errorFieldValue: true
        default: false
        }
    }
}

// MARK: The envelope

extension ListReader {
    private mutating func readEnvelope(
        _ token: JSONToken, _ chunk: RawSpan, _ handler: borrowing ListHandler<Reader.Element>
    ) throws(ReplyError) {
        switch (place, token) {
        case (.start, .beginObject): place = .envelope
        case (.envelope, .key): readMember(chunk)
        case (.envelope, .endObject): place = .end
        case (.dataValue, _): readDataValue(token, handler)
        case (.errorValue, _): readErrorValue(token, chunk)
        default: throw .unexpected("the reply is not an object", offset: 0)
        }
    }

    private mutating func readMember(_ chunk: RawSpan) {
        let name = json.packedText(in: chunk)
        if name == members.data {
            place = .dataValue
        } else if name == members.error {
            place = .errorValue
        } else {
            json.skipValue()
        }
    }

    private mutating func readDataValue(_ token: JSONToken, _ handler: borrowing ListHandler<Reader.Element>) {
        if hasData { handler.restart() }
        hasData = true
        oddDataOffset = nil
        summary = ListSummary()
        guard token == .beginArray else {
            oddDataOffset = json.offset
            if token == .beginObject { json.skipRest() }
            place = .envelope
            return
        }
        place = .data
    }

    private mutating func readErrorValue(_ token: JSONToken, _ chunk: RawSpan) {
        (error, hasError) = (APIError(), true)
        errorOffset = json.offset
        place = .envelope
        switch token {
        case .beginObject: place = .error
        case .beginArray: json.skipRest()
        case .string: error.descr = json.text(in: chunk)
        default: break
        }
    }

    private mutating func readError(_ token: JSONToken, _ chunk: RawSpan) {
        switch (place, token) {
        case (.errorFieldValue(let field), _):
            switch (field, token) {
            case (.name, .string): error.name = json.text(in: chunk)
            case (.descr, .string): error.descr = json.text(in: chunk)
            case (.transient, .true): error.isTransient = true
            case (_, .beginObject), (_, .beginArray): json.skipRest()
            default: break
            }
            place = .error
        case (_, .key):
            errorFields.begin()
            if let field = errorFields.field(json.packedText(in: chunk)) {
                place = .errorFieldValue(field)
            } else {
                json.skipValue()
            }
        default:
            place = .envelope
        }
    }
}

// MARK: The elements

extension ListReader {
    private mutating func readData(_ token: JSONToken, _ chunk: RawSpan) {
        switch token {
        case .beginObject:
            reader.fields.begin()
            place = .element
        case .endArray:
            place = .envelope
        case .beginArray:
            summary.malformed += 1
            json.skipRest()
        default:
            summary.malformed += 1
        }
    }

    @inline(__always)
    private mutating func readElement(
        _ token: JSONToken, _ chunk: RawSpan, _ handler: borrowing ListHandler<Reader.Element>
    ) {
        switch place {
        case .element:
            if token == .key {
                guard let field = reader.fields.field(json.packedText(in: chunk)) else { return json.skipValue() }
                place = .elementValue(field)
            } else {
                place = .data
                hand(reader.end(), handler)
            }
        case .elementValue(let field):
            place = takeScalar(field, token, chunk) ? .nested(field) : .element
        case .nested(let outer):
            if token == .key {
                guard let field = reader.nestedFields.field(json.packedText(in: chunk)) else {
                    return json.skipValue()
                }
                place = .nestedValue(field, of: outer)
            } else {
                place = .element
            }
        case .nestedValue(let field, let outer):
            if takeScalar(field, token, chunk) { json.skipRest() }
            place = .nested(outer)
        default:
            break
        }
    }

    /// Members mostly come in the order of the element before: what is expected is compared, not read.
    @inline(__always)
    private mutating func readExpectedMembers(_ chunk: RawSpan) {
        switch place {
        case .element:
            if let field = Self.enterExpected(&reader.fields, &json, chunk) { place = .elementValue(field) }
        case .nested(let outer):
            if let field = Self.enterExpected(&reader.nestedFields, &json, chunk) {
                place = .nestedValue(field, of: outer)
            }
        default:
            break
        }
    }

    /// Passes over members that nobody wants, up to the value of the first that somebody does, which is returned; nil
    /// where the members have to be read.
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
            guard json.passOverMember(named: member.name, in: chunk) else { return nil }
            fields.passExpected()
        }
        return nil
    }

    /// Takes the value of a field; true when it is an object whose members are looked at next.
    @inline(__always)
    private mutating func takeScalar(_ field: Reader.Field, _ token: JSONToken, _ chunk: RawSpan) -> Bool {
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
    private mutating func hand(_ element: Reader.Element?, _ handler: borrowing ListHandler<Reader.Element>) {
        if let element {
            summary.count += 1
            handler.element(element)
        } else {
            summary.malformed += 1
        }
    }
}
