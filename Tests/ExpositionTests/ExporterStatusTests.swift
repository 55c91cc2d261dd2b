import Exposition
import Testing

@Suite("Exporter status")
struct ExporterStatusTests {
    private static let build = ExporterStatus.Build(version: "1.2.3", revision: "abc\"def", swiftVersion: "6.3")

    private static let causes = ["api", "config", "connect", "http", "parse", "resources", "timeout", "too-large"]

    private static var full: ExporterStatus {
        var status = ExporterStatus(build: build)
        status.isUp = true
        status.lastSuccess = 1_735_725_600
        status.spaceLastSuccess = 1_735_725_000
        status.pollMicroseconds = 1_050_007
        status.polls = 12
        status.pollFailures = [.timeout: 2, .api: 1]
        status.receivedBytes = .max
        status.malformedObjects = 3
        status.journalEvents = ["poll-failed": 1, "anomaly-detected": 0]
        status.journalFailures = 4
        status.httpRequests = ["404": 1, "200": 17]
        status.httpConnections = 5
        status.httpRefused = ["full": 6]
        status.process.cpuMicroseconds = 12
        status.process.residentBytes = 1 << 20
        status.process.virtualBytes = 1 << 30
        status.process.openDescriptors = 9
        status.process.maximumDescriptors = 1024
        status.process.startMicroseconds = 1_735_725_599_999_999
        return status
    }

    private static func text(_ status: ExporterStatus, _ format: ExpositionFormat = .text) -> String {
        String(decoding: status.page(format), as: UTF8.self)
    }

    private static func samples(_ status: ExporterStatus, _ format: ExpositionFormat = .text) -> [String] {
        text(status, format).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test("the exporter status has a sample for every value")
    func golden() {
        func zeros(_ family: String) -> [String] { Self.causes.map { "\(family){cause=\"\($0)\"} 0" } }
        let causes = zip(Self.causes, [1, 0, 0, 0, 0, 0, 2, 0]).map {
            "storpool_pve_poll_failures_total{cause=\"\($0)\"} \($1)"
        }
        #expect(
            Self.samples(Self.full)
                == [
                    "storpool_pve_up 1", "storpool_pve_last_success_timestamp_seconds 1735725600",
                    "storpool_pve_space_last_success_timestamp_seconds 1735725000",
                    "storpool_pve_poll_duration_seconds 1.050007", "storpool_pve_polls_total 12",
                ] + causes + zeros("storpool_pve_space_failures_total") + zeros("storpool_pve_template_failures_total")
                + [
                    "storpool_pve_api_received_bytes_total 18446744073709551615", "storpool_pve_malformed_objects 3",
                    #"storpool_pve_journal_events_total{event="anomaly-detected"} 0"#,
                    #"storpool_pve_journal_events_total{event="poll-failed"} 1"#,
                    "storpool_pve_journal_failures_total 4",
                    #"storpool_pve_http_requests_total{code="200"} 17"#,
                    #"storpool_pve_http_requests_total{code="404"} 1"#, "storpool_pve_http_connections 5",
                    #"storpool_pve_http_refused_total{reason="full"} 6"#,
                    #"storpool_pve_exporter_build_info{version="1.2.3",revision="abc\"def",swift_version="6.3"} 1"#,
                    "process_cpu_seconds_total 0.000012", "process_resident_memory_bytes 1048576",
                    "process_virtual_memory_bytes 1073741824", "process_open_fds 9", "process_max_fds 1024",
                    "process_start_time_seconds 1735725599.999999",
                ])
    }

    @Test("the exporter status declares every family once", arguments: ExpositionFormat.allCases)
    func declared(_ format: ExpositionFormat) {
        let reader = PageReader(Self.text(Self.full, format), format)
        #expect(reader.problems == [])
        #expect(reader.families == MetricFamily.aboutExporter.map(\.name))
    }

    @Test("the exporter status ends with # EOF only in OpenMetrics")
    func formats() {
        #expect(Self.samples(Self.full) == Self.samples(Self.full, .openMetrics))
        #expect(Self.text(Self.full, .openMetrics).hasSuffix("\n# EOF\n"))
        #expect(!Self.text(Self.full).contains("# EOF"))
        #expect(Self.text(Self.full, .openMetrics).contains("# TYPE storpool_pve_polls counter\n"))
        #expect(Self.text(Self.full).contains("# TYPE storpool_pve_polls_total counter\n"))
    }

    @Test("before the first poll, the status has no times or durations")
    func atFirst() {
        let samples = Self.samples(ExporterStatus(build: Self.build))
        #expect(samples.first == "storpool_pve_up 0")
        #expect(!samples.contains { $0.contains("success") || $0.contains("duration") || $0.contains("process_") })
        #expect(samples.filter { $0.contains("_failures_total{") }.count == 3 * Self.causes.count)
        #expect(PageReader(Self.text(ExporterStatus(build: Self.build)), .text).problems == [])
    }

    @Test(
        "status and objects page have no metric family in common",
        arguments: ExpositionFormat.allCases)
    func wholePage(_ format: ExpositionFormat) throws {
        let objects = try PageContents([Sample.volume("a.1.1"), Sample.snapshot("s.1.1")]).page().text(format)
        #expect(PageReader(objects + Self.text(Self.full, format), format).problems == [])
        #expect(Set(MetricFamily.aboutObjects.map(\.name)).isDisjoint(with: MetricFamily.aboutExporter.map(\.name)))
    }
}
