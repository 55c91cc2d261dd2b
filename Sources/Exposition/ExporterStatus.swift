/// What the exporter says of itself, read anew at every scrape.
package struct ExporterStatus: Sendable {
    /// Counters of one kind of poll.
    package struct Failures: Sendable {
        /// By ``FailureCause``; every cause has a series from the beginning.
        package var byCause: [String: UInt64] = [:]

        /// None yet.
        package init() {}
    }

    /// Figures of the process; nil where the system does not tell.
    package struct Process: Sendable {
        /// User and system time in microseconds.
        package var cpuMicroseconds: UInt64?
        /// Bytes.
        package var residentBytes: UInt64?
        /// Bytes.
        package var virtualBytes: UInt64?
        /// Open descriptors.
        package var openDescriptors: UInt64?
        /// Soft limit of descriptors; nil also when there is none.
        package var maximumDescriptors: UInt64?
        /// Microseconds since 1970.
        package var startMicroseconds: UInt64?

        /// Nothing is known.
        package init() {}
    }

    /// What the program was built from.
    package struct Build: Sendable {
        /// Version of the product.
        package var version: String
        /// Git revision, or `unknown`.
        package var revision: String
        /// Version of the compiler.
        package var swiftVersion: String

        /// Names a build.
        package init(version: String, revision: String, swiftVersion: String) {
            self.version = version
            self.revision = revision
            self.swiftVersion = swiftVersion
        }
    }

    /// Whether the last poll succeeded.
    package var isUp = false
    /// Unix seconds; nil before the first.
    package var lastSuccess: UInt64?
    /// Unix seconds; nil before the first.
    package var spaceLastSuccess: UInt64?
    /// Microseconds; nil before the first poll has ended.
    package var pollMicroseconds: UInt64?
    /// Polls that ended.
    package var polls: UInt64 = 0
    /// Failed polls.
    package var pollFailures = Failures()
    /// Failed space polls.
    package var spaceFailures = Failures()
    /// Failed polls of the templates.
    package var templateFailures = Failures()
    /// Bytes of reply bodies.
    package var receivedBytes: UInt64 = 0
    /// Elements left out of the last successful poll.
    package var malformedObjects: UInt64 = 0
    /// Events logged, by name; those named here have a series from the beginning.
    package var journalEvents: [String: UInt64] = [:]
    /// Events that could not be logged.
    package var journalFailures: UInt64 = 0
    /// Requests by status code.
    package var httpRequests: [String: UInt64] = [:]
    /// Open connections.
    package var httpConnections: UInt64 = 0
    /// Connections refused, by reason; those named here have a series from the beginning.
    package var httpRefused: [String: UInt64] = [:]
    /// What was built.
    package var build: Build
    /// The process.
    package var process = Process()

    /// Nothing has happened yet.
    package init(build: Build) {
        self.build = build
    }

    /// The part of the page about the exporter, which ends the page.
    package func page(_ format: ExpositionFormat) -> [UInt8] {
        var writer = SampleWriter()
        for (family, samples) in families where !samples.isEmpty {
            writer.append(family.metadata(format))
            for sample in samples {
                switch sample.value {
                case .whole(let value): writer.sample(family, sample.labels, value)
                case .microseconds(let value): writer.sample(family, microseconds: value)
                }
            }
        }
        return writer.bytes + format.terminator
    }

    private enum Value {
        case whole(UInt64)
        /// Shown in seconds.
        case microseconds(UInt64)
    }

    private typealias Samples = [(labels: [String], value: Value)]

    /// Every family with its samples, in the order of the page.
    private var families: [(family: MetricFamily, samples: Samples)] {
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

    private func each(_ failures: Failures) -> Samples {
        each(failures.byCause.merging(FailureCause.allCases.map { ($0.rawValue, 0) }) { counted, _ in counted })
    }
}
