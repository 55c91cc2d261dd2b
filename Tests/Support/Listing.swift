package import StorPool

/// The result of reading a reply.
package struct Listing<Element: Equatable>: Equatable {
    /// The elements that were read, in the order of the reply.
    package private(set) var elements: [Element] = []
    /// nil if the reply could not be read.
    package private(set) var summary: ListSummary?
    package private(set) var error: ReplyError?

    /// Reads a reply that arrives in these pieces.
    package init<Reader: ReplyReader & ~Copyable>(_ pieces: [[UInt8]], _ reader: consuming Reader)
    where Reader.Element == Element {
        do throws(ReplyError) {
            for piece in pieces { try reader.read(piece.span.bytes) { elements.append($0) } }
            summary = try reader.finish()
        } catch {
            self.error = error
        }
    }
}

extension Listing<StorPoolObject> {
    /// Reads a list that arrives in one piece.
    package init(_ text: String, _ kind: ObjectKind = .volume) {
        self.init([Array(text.utf8)], kind)
    }

    package init(_ pieces: [[UInt8]], _ kind: ObjectKind = .volume) {
        self.init(pieces, ObjectListReader(of: kind))
    }

    /// Reads a list of one element.
    package init(element: String, _ kind: ObjectKind = .volume) {
        self.init(#"{"generation":1,"data":[\#(element)]}"#, kind)
    }
}

extension Listing<TemplateStatus> {
    package init(templates text: String) {
        self.init([Array(text.utf8)], TemplateListReader())
    }
}
