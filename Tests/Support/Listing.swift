package import StorPool

/// The result of reading a reply of the API.
package struct Listing<Element: Equatable>: Equatable {
    package enum Event: Equatable {
        case element(Element)
        /// The elements before this event do not count.
        case restart
    }

    package private(set) var events: [Event] = []
    /// nil if reading failed.
    package private(set) var summary: ListSummary?
    package private(set) var error: ReplyError?

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

    /// The elements after the last restart.
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
    package init(_ text: String, _ kind: ObjectKind = .volume) {
        self.init([Array(text.utf8)], kind)
    }

    package init(_ pieces: [[UInt8]], _ kind: ObjectKind = .volume) {
        self.init(pieces, ObjectListReader(of: kind))
    }

    /// Reads a list with one element.
    package init(element: String, _ kind: ObjectKind = .volume) {
        self.init(#"{"generation":1,"data":[\#(element)]}"#, kind)
    }
}

extension Listing<TemplateStatus> {
    package init(templates text: String) {
        self.init([Array(text.utf8)], TemplateListReader())
    }
}
