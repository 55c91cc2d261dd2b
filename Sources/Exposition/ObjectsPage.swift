package import Inventory
package import StorPool

/// The data that the page about objects shows.
package struct PageContents {
    package var inventory: Inventory
    package var space: SpaceInventory?
    package var templates: [TemplateStatus]
    /// The known anomalies, the worst first.
    package var known: [KnownAnomaly]
    /// Number of objects by storage and reason, including accepted anomalies.
    package var anomalyCounts: [AnomalyCount: UInt64]
    /// Maximum number of anomalies that have series of their own.
    package var anomalySeries: Int

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

package struct PageTooLarge: Error, Equatable {
    package let maximumBytes: Int
}

/// The part of the metrics page that is about objects, rendered after each poll.
package struct ObjectsPage {
    /// 512 MiB, far more than a page about a million objects needs.
    package static let standardMaximumBytes = 512 << 20
    /// A piece ends when it has at least this size. Pieces of about this size can reuse the memory of the previous
    /// page. One large array per family could not.
    private static let pieceBytes = 1 << 16

    private struct Section {
        let family: MetricFamily
        /// Pieces of whole lines. They are the same in both formats.
        let samples: [[UInt8]]
    }

    private var sections: [Section] = []

    /// Renders the page. Throws if its samples need more than `maximumBytes`.
    package init(
        _ contents: PageContents, maximumBytes: Int = ObjectsPage.standardMaximumBytes
    ) throws(PageTooLarge) {
        var writer = SampleWriter()
        writer.reserveCapacity(2 * Self.pieceBytes)
        var room = maximumBytes
        for table in contents.tables {
            var samples: [[UInt8]] = []
            for row in 0..<table.count {
                table.write(row, &writer)
                guard writer.bytes.count >= Self.pieceBytes || row == table.count - 1 else { continue }
                room -= writer.bytes.count
                guard room >= 0 else { throw PageTooLarge(maximumBytes: maximumBytes) }
                samples.append(writer.takeBytes())
            }
            if !samples.isEmpty { sections.append(Section(family: table.family, samples: samples)) }
        }
    }

    /// The lines of the page in order, without the terminator.
    package func pieces(_ format: ExpositionFormat) -> [[UInt8]] {
        sections.flatMap { [$0.family.metadata(format)] + $0.samples }
    }
}
