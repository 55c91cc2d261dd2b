package import Inventory
package import StorPool

/// What a page about objects is made of.
package struct PageContents {
    /// The last good poll.
    package var inventory: Inventory
    /// The last good space poll, if any.
    package var space: SpaceInventory?
    /// The last good poll of the templates, if any is recent.
    package var templates: [TemplateStatus]
    /// The known anomalies, the worst first.
    package var known: [KnownAnomaly]
    /// Anomalies by storage and reason, accepted ones included.
    package var anomalyCounts: [AnomalyCount: UInt64]
    /// The most anomalies that have series of their own.
    package var anomalySeries: Int

    /// Gathers the contents.
    package init(
        inventory: Inventory, space: SpaceInventory?, templates: [TemplateStatus], known: [KnownAnomaly],
        anomalyCounts: [AnomalyCount: UInt64], anomalySeries: Int
    ) {
        self.inventory = inventory
        self.space = space
        self.templates = templates
        self.known = known
        self.anomalyCounts = anomalyCounts
        self.anomalySeries = anomalySeries
    }
}

/// Renders a page about objects in steps short enough to let others have their turn.
package struct PageRenderer: SteppedWork {
    /// 512 MiB, far more than a page about a million objects takes.
    package static let standardMaximumBytes = 512 << 20
    /// The most rows of a chunk, of about 100 bytes each.
    private static var rowsPerChunk: Int { 1024 }
    /// A chunk ends when it has this many bytes: the text of a label may be long.
    private static var bytesPerChunk: Int { 1 << 20 }
    /// A chunk of at least this many rows ends where the row's place in the order says so, not at a fixed count, so that
    /// a row more or less changes one chunk and not all behind it.
    private static var leastRowsPerChunk: Int { 256 }

    /// The most bytes of samples that a page may have.
    package let maximumBytes: Int
    /// Whether the page would be larger: rendering stops there, and there is no outcome.
    package private(set) var isTooLarge = false

    private let tables: [any SampleTable]
    private var renderedBytes = 0
    private var previous: [Int: [PageChunk]] = [:]
    private var sections: [ObjectsPage.Section] = []
    private var finished: [PageChunk] = []
    private var table = 0
    private var row = 0
    private var writer = SampleWriter(reserving: 1 << 16)

    /// A renderer of these contents. Chunks of the page before are taken over where nothing changed.
    package init(
        _ contents: PageContents, previous page: ObjectsPage?, maximumBytes: Int = PageRenderer.standardMaximumBytes
    ) {
        self.maximumBytes = maximumBytes
        tables = contents.tables()
        for chunk in page?.samples ?? [] { previous[chunk.bytes.count, default: []].append(chunk) }
    }

    /// Renders the next chunk; false when nothing is left to do.
    package mutating func advance() -> Bool {
        guard table < tables.count else { return false }
        let current = tables[table]
        let start = row
        while row < current.count, row - start < Self.rowsPerChunk, writer.bytes.count < Self.bytesPerChunk {
            current.write(row, to: &writer)
            row += 1
            if row - start >= Self.leastRowsPerChunk, current.isBoundary(after: row - 1) { break }
        }
        renderedBytes += writer.bytes.count
        guard renderedBytes <= maximumBytes else {
            (isTooLarge, finished, sections) = (true, [], [])
            return false
        }
        if !writer.bytes.isEmpty { finished.append(chunk(writer.bytes)) }
        writer.clear()
        if row == current.count {
            // A family without samples is not on the page at all.
            if !finished.isEmpty { sections.append(ObjectsPage.Section(family: current.family, samples: finished)) }
            finished = []
            (table, row) = (table + 1, 0)
        }
        return table < tables.count
    }

    /// The whole page, after ``advance()`` has returned false; empty if it is too large.
    package consuming func outcome() -> ObjectsPage {
        ObjectsPage(sections: sections)
    }

    /// The chunk of the page before, or a new one that takes no more room than its bytes.
    private func chunk(_ bytes: [UInt8]) -> PageChunk {
        if let same = previous[bytes.count]?.first(where: { $0.bytes == bytes }) { return same }
        // Copied: the writer's own array has room for the largest chunk.
        var exact: [UInt8] = []
        exact.reserveCapacity(bytes.count)
        exact.append(contentsOf: bytes)
        return PageChunk(exact)
    }
}

/// The samples of one family, by row.
protocol SampleTable {
    var family: MetricFamily { get }
    var count: Int { get }
    func write(_ row: Int, to writer: inout SampleWriter)
    /// Whether a chunk may end after this row; depends on the row alone.
    func isBoundary(after row: Int) -> Bool
}

extension SampleTable {
    func isBoundary(after row: Int) -> Bool { false }
}
