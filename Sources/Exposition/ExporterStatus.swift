/// What the exporter says of itself, read anew at every scrape.
public struct ExporterStatus: Sendable {
    /// Counters of one kind of poll.
    public struct Failures: Sendable {
        /// By ``FailureCause``; every cause has a series from the beginning.
        public var byCause: [String: UInt64] = [:]

        /// None yet.
        public init() {}
    }

    /// Figures of the process; nil where the system does not tell.
    public struct Process: Sendable {
        /// User and system time in microseconds.
        public var cpuMicroseconds: UInt64?
        /// Bytes.
        public var residentBytes: UInt64?
        /// Bytes.
        public var virtualBytes: UInt64?
        /// Open descriptors.
        public var openDescriptors: UInt64?
        /// Soft limit of descriptors; nil also when there is none.
        public var maximumDescriptors: UInt64?
        /// Microseconds since 1970.
        public var startMicroseconds: UInt64?

        /// Nothing is known.
        public init() {}
    }

    /// What the program was built from.
    public struct Build: Sendable {
        /// Version of the product.
        public var version: String
        /// Git revision, or `unknown`.
        public var revision: String
        /// Version of the compiler.
        public var swiftVersion: String

        /// Names a build.
        public init(version: String, revision: String, swiftVersion: String) {
            self.version = version
            self.revision = revision
            self.swiftVersion = swiftVersion
        }
    }

    /// Whether the last poll succeeded.
    public var isUp = false
    /// Unix seconds; nil before the first.
    public var lastSuccess: UInt64?
    /// Unix seconds; nil before the first.
    public var spaceLastSuccess: UInt64?
    /// Microseconds; nil before the first poll has ended.
    public var pollMicroseconds: UInt64?
    /// Polls that ended.
    public var polls: UInt64 = 0
    /// Failed polls.
    public var pollFailures = Failures()
    /// Failed space polls.
    public var spaceFailures = Failures()
    /// Failed polls of the templates.
    public var templateFailures = Failures()
    /// Bytes of reply bodies.
    public var receivedBytes: UInt64 = 0
    /// Elements left out of the last successful poll.
    public var malformedObjects: UInt64 = 0
    /// Events logged, by name; those named here have a series from the beginning.
    public var journalEvents: [String: UInt64] = [:]
    /// Events that could not be logged.
    public var journalFailures: UInt64 = 0
    /// Requests by status code.
    public var httpRequests: [String: UInt64] = [:]
    /// Open connections.
    public var httpConnections: UInt64 = 0
    /// Connections refused, by reason; those named here have a series from the beginning.
    public var httpRefused: [String: UInt64] = [:]
    /// What was built.
    public var build: Build
    /// The process.
    public var process = Process()

    /// Nothing has happened yet.
    public init(build: Build) {
        self.build = build
    }

    /// The part of the page about the exporter, which ends the page.
    public func page(_ format: ExpositionFormat) -> [UInt8] {
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
