public import StorPoolObjects

/// Everything a reader says of a reply.
public struct Listing<Element: Equatable>: Equatable {
    /// What a reader hands over.
    public enum Event: Equatable {
        /// An element that is well formed.
        case element(Element)
        /// All elements before count no longer.
        case restart
    }

    /// In the order of arrival.
    public private(set) var events: [Event] = []
    /// Of a reply that was read to its end.
    public private(set) var summary: ListSummary?
    /// Of any other.
    public private(set) var error: ReplyError?

    /// Reads a reply that arrives in these pieces.
    public init<Reader: ReplyReader & ~Copyable>(_ pieces: [[UInt8]], _ reader: consuming Reader)
    where Reader.Element == Element {
        var events: [Event] = []
        defer { self.events = events }
        let handler = ListHandler<Element>(
            element: { events.append(.element($0)) }, restart: { events.append(.restart) })
        do throws(ReplyError) {
            for piece in pieces { try reader.read(piece.span.bytes, handler) }
            summary = try reader.finish()
        } catch {
            self.error = error
        }
    }

    /// The elements that count: those behind the last restart.
    public var elements: [Element] {
        events.reduce(into: []) { elements, event in
            switch event {
            case .element(let element): elements.append(element)
            case .restart: elements = []
            }
        }
    }
}

extension Listing<StorPoolObject> {
    /// Of a list of volumes, unless it is said to be of snapshots.
    public init(_ text: String, _ kind: ObjectKind = .volume) {
        self.init([Array(text.utf8)], kind)
    }

    /// Of a list of volumes, unless it is said to be of snapshots, that arrives in these pieces.
    public init(_ pieces: [[UInt8]], _ kind: ObjectKind = .volume) {
        self.init(pieces, ObjectListReader(of: kind))
    }

    /// Of one element.
    public init(element: String, _ kind: ObjectKind = .volume) {
        self.init(#"{"generation":1,"data":[\#(element)]}"#, kind)
    }
}

extension Listing<TemplateStatus> {
    /// Of the status of templates.
    public init(templates text: String) {
        self.init([Array(text.utf8)], TemplateListReader())
    }
}
