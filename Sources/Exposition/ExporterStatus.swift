/// The values of the metrics about the exporter itself, read at every scrape.
package struct ExporterStatus: Sendable {
    /// A value is nil if the system does not provide it.
    package struct Process: Sendable {
        /// User and system CPU time.
        package var cpuMicroseconds: UInt64?
        package var residentBytes: UInt64?
        package var virtualBytes: UInt64?
        package var openDescriptors: UInt64?
        /// The soft limit; also nil if there is no limit.
        package var maximumDescriptors: UInt64?
        /// Start time in Unix microseconds.
        package var startMicroseconds: UInt64?

        package init() {}
    }

    package struct Build: Sendable {
        package var version: String
        /// Git revision, or `unknown`.
        package var revision: String
        package var swiftVersion: String

        package init(version: String, revision: String, swiftVersion: String) {
            self.version = version
            self.revision = revision
            self.swiftVersion = swiftVersion
        }
    }

    /// Whether the last poll succeeded and its data is not stale.
    package var isUp = false
    /// Unix seconds; nil before the first success.
    package var lastSuccess: UInt64?
    /// Unix seconds; nil before the first success.
    package var spaceLastSuccess: UInt64?
    /// Duration of the last poll; nil before the first poll has ended.
    package var pollMicroseconds: UInt64?
    /// Number of polls that have ended.
    package var polls: UInt64 = 0
    package var pollFailures: [FailureCause: UInt64] = [:]
    package var spaceFailures: [FailureCause: UInt64] = [:]
    package var templateFailures: [FailureCause: UInt64] = [:]
    /// Bytes of reply bodies received from the API.
    package var receivedBytes: UInt64 = 0
    /// Number of list elements that the last successful poll could not read.
    package var malformedObjects: UInt64 = 0
    /// Number of logged events by name. Must have an entry for every event even if its number is 0, because an event
    /// without an entry has no series.
    package var journalEvents: [String: UInt64] = [:]
    package var journalFailures: UInt64 = 0
    /// Number of replies by status code.
    package var httpRequests: [String: UInt64] = [:]
    /// Number of open connections.
    package var httpConnections: UInt64 = 0
    /// Number of connections ended early, by reason. Must have an entry for every reason, like ``journalEvents``.
    package var httpRefused: [String: UInt64] = [:]
    package var build: Build
    package var process = Process()

    package init(build: Build) {
        self.build = build
    }

    /// The part of the metrics page about the exporter, which is the last part, with the terminator.
    package func page(_ format: ExpositionFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        for (family, samples) in families where !samples.isEmpty {
            var writer = SampleWriter()
            for sample in samples {
                switch sample.value {
                case .whole(let value): writer.sample(family, sample.labels, value)
                case .microseconds(let value): writer.sample(family, microseconds: value)
                }
            }
            bytes += family.metadata(format) + writer.bytes
        }
        return bytes + format.terminator
    }

    fileprivate enum Value {
        case whole(UInt64)
        /// Written to the page in seconds.
        case microseconds(UInt64)
    }

    fileprivate typealias Samples = [(labels: [String], value: Value)]

    /// Every family with its samples, in the order of the page.
    fileprivate var families: [(family: MetricFamily, samples: Samples)] {
        [
            (.up, one(isUp ? 1 : 0)),
            (.lastSuccess, one(lastSuccess)),
            (.spaceLastSuccess, one(spaceLastSuccess)),
            (.pollDuration, one(microseconds: pollMicroseconds)),
            (.polls, one(polls)),
            (.pollFailures, each(pollFailures)),
            (.spaceFailures, each(spaceFailures)),
            (.templateFailures, each(templateFailures)),
            (.receivedBytes, one(receivedBytes)),
            (.malformedObjects, one(malformedObjects)),
            (.journalEvents, each(journalEvents)),
            (.journalFailures, one(journalFailures)),
            (.httpRequests, each(httpRequests)),
            (.httpConnections, one(httpConnections)),
            (.httpRefused, each(httpRefused)),
            (.buildInfo, [([build.version, build.revision, build.swiftVersion], .whole(1))]),
            (.processCPU, one(microseconds: process.cpuMicroseconds)),
            (.processResident, one(process.residentBytes)),
            (.processVirtual, one(process.virtualBytes)),
            (.processOpenDescriptors, one(process.openDescriptors)),
            (.processMaximumDescriptors, one(process.maximumDescriptors)),
            (.processStart, one(microseconds: process.startMicroseconds)),
        ]
    }

    private func one(_ value: UInt64?) -> Samples {
        value.map { [([], .whole($0))] } ?? []
    }

    private func one(microseconds value: UInt64?) -> Samples {
        value.map { [([], .microseconds($0))] } ?? []
    }

    private func each(_ values: [String: UInt64]) -> Samples {
        values.sorted { $0.key < $1.key }.map { ([$0.key], .whole($0.value)) }
    }

    /// One sample for every cause, with 0 for a cause that has not occurred.
    private func each(_ failures: [FailureCause: UInt64]) -> Samples {
        each(Dictionary(uniqueKeysWithValues: FailureCause.allCases.map { ($0.rawValue, failures[$0] ?? 0) }))
    }
}

extension MetricFamily {
    /// The families about the exporter in the order of the page.
    package static let aboutExporter: [MetricFamily] = ExporterStatus(
        build: ExporterStatus.Build(version: "", revision: "", swiftVersion: "")
    ).families.map(\.family)
}
