package import StorPool

/// Everything a reader says of a reply.
package struct Listing<Element: Equatable>: Equatable {
    /// What a reader hands over.
    package enum Event: Equatable {
        /// An element that is well formed.
        case element(Element)
        /// All elements before count no longer.
        case restart
    }

    /// In the order of arrival.
    package private(set) var events: [Event] = []
    /// Of a reply that was read to its end.
    package private(set) var summary: ListSummary?
    /// Of any other.
    package private(set) var error: ReplyError?

    /// Reads a reply that arrives in these pieces.
    package init<Reader: ReplyReader & ~Copyable>(_ pieces: [[UInt8]], _ reader: consuming Reader)
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
    package var elements: [Element] {
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
    package init(_ text: String, _ kind: ObjectKind = .volume) {
        self.init([Array(text.utf8)], kind)
    }

    /// Of a list of volumes, unless it is said to be of snapshots, that arrives in these pieces.
    package init(_ pieces: [[UInt8]], _ kind: ObjectKind = .volume) {
        self.init(pieces, ObjectListReader(of: kind))
    }

    /// Of one element.
    package init(element: String, _ kind: ObjectKind = .volume) {
        self.init(#"{"generation":1,"data":[\#(element)]}"#, kind)
    }
}

extension Listing<TemplateStatus> {
    /// Of the status of templates.
    package init(templates text: String) {
        self.init([Array(text.utf8)], TemplateListReader())
    }
}
