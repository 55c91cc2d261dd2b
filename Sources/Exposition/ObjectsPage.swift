/// A run of whole lines of the page, the same bytes for as long as what they say does not change.
package final class PageChunk {
    /// The lines.
    package let bytes: [UInt8]
    /// What whoever serves the chunk derived from its bytes, kept as long as they are; nil at first.
    package var derived: AnyObject?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// The part of the page that is about objects, rendered once per poll. Both formats share the bytes of the samples, and
/// consecutive pages share the chunks in which nothing changed.
package struct ObjectsPage {
    /// The samples of one family.
    struct Section {
        let family: MetricFamily
        let samples: [PageChunk]
    }

    private let sections: [Section]
    /// The lines before each section's samples, by format.
    private let metadata: [ExpositionFormat: [PageChunk]]

    init(sections: [Section]) {
        self.sections = sections
        metadata = Dictionary(
            uniqueKeysWithValues: ExpositionFormat.allCases.map { format in
                (format, sections.map { PageChunk($0.family.metadata(format)) })
            })
    }

    /// A page about no objects at all.
    package static var empty: ObjectsPage { ObjectsPage(sections: []) }

    /// The lines of the page in one format, in their order, without what ends the page.
    package func chunks(_ format: ExpositionFormat) -> [PageChunk] {
        zip(metadata[format] ?? [], sections).flatMap { head, section in [head] + section.samples }
    }

    /// Every chunk of samples, once.
    var samples: [PageChunk] { sections.flatMap(\.samples) }
}
