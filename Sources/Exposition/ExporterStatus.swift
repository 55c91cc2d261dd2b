/// What the exporter says of itself, read anew at every scrape.
public struct ExporterStatus: Sendable {
    /// Counters of one kind of poll.
    public struct Failures: Sendable {
        /// By cause; see ``ExporterStatus/causes``.
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

    /// The causes of a failed poll, all of which have a series from the beginning.
    public static let causes = ["api", "connect", "http", "parse", "timeout", "too-large"]

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
        var bytes: [UInt8] = []
        for family in MetricFamily.aboutExporter {
            var writer = SampleWriter()
            write(family, to: &writer)
            if writer.bytes.isEmpty { continue }
            bytes += family.metadata(format)
            bytes += writer.bytes
        }
        return bytes + format.terminator
    }

    private func write(_ family: MetricFamily, to writer: inout SampleWriter) {
        switch family.name {
        case MetricFamily.up.name: writer.sample(family, [], isUp ? 1 : 0)
        case MetricFamily.lastSuccess.name: write(lastSuccess, family, &writer)
        case MetricFamily.spaceLastSuccess.name: write(spaceLastSuccess, family, &writer)
        case MetricFamily.pollDuration.name: write(microseconds: pollMicroseconds, family, &writer)
        case MetricFamily.polls.name: writer.sample(family, [], polls)
        case MetricFamily.pollFailures.name: write(pollFailures, family, &writer)
        case MetricFamily.spaceFailures.name: write(spaceFailures, family, &writer)
        case MetricFamily.templateFailures.name: write(templateFailures, family, &writer)
        case MetricFamily.receivedBytes.name: writer.sample(family, [], receivedBytes)
        case MetricFamily.malformedObjects.name: writer.sample(family, [], malformedObjects)
        case MetricFamily.journalEvents.name: write(journalEvents, family, &writer)
        case MetricFamily.journalFailures.name: writer.sample(family, [], journalFailures)
        case MetricFamily.httpRequests.name: write(httpRequests, family, &writer)
        case MetricFamily.httpConnections.name: writer.sample(family, [], httpConnections)
        case MetricFamily.httpRefused.name: write(httpRefused, family, &writer)
        case MetricFamily.buildInfo.name:
            writer.sample(family, [build.version, build.revision, build.swiftVersion], 1)
        default: writeProcess(family, &writer)
        }
    }

    private func writeProcess(_ family: MetricFamily, _ writer: inout SampleWriter) {
        switch family.name {
        case MetricFamily.processCPU.name: write(microseconds: process.cpuMicroseconds, family, &writer)
        case MetricFamily.processResident.name: write(process.residentBytes, family, &writer)
        case MetricFamily.processVirtual.name: write(process.virtualBytes, family, &writer)
        case MetricFamily.processOpenDescriptors.name: write(process.openDescriptors, family, &writer)
        case MetricFamily.processMaximumDescriptors.name: write(process.maximumDescriptors, family, &writer)
        case MetricFamily.processStart.name: write(microseconds: process.startMicroseconds, family, &writer)
        default: break
        }
    }

    private func write(_ value: UInt64?, _ family: MetricFamily, _ writer: inout SampleWriter) {
        if let value { writer.sample(family, [], value) }
    }

    private func write(microseconds value: UInt64?, _ family: MetricFamily, _ writer: inout SampleWriter) {
        if let value { writer.sample(family, microseconds: value) }
    }

    private func write(_ failures: Failures, _ family: MetricFamily, _ writer: inout SampleWriter) {
        let zeros = Dictionary(uniqueKeysWithValues: Self.causes.map { ($0, UInt64(0)) })
        write(zeros.merging(failures.byCause) { $1 }, family, &writer)
    }

    private func write(_ values: [String: UInt64], _ family: MetricFamily, _ writer: inout SampleWriter) {
        for (label, value) in values.sorted(by: { $0.key < $1.key }) { writer.sample(family, [label], value) }
    }
}
