import Inventory
import ProxmoxVE
import StorPool
import Testing
import Text

@testable import Reports

@Suite("Output of check")
struct CheckReportTests {
    private static func totals(malformed: Int = 0) throws -> CheckReport.Totals {
        var builder = InventoryBuilder(scope: Scope())
        for object in [Samples.disk, Samples.beingDeleted, Samples.foreign, Samples.hostile] { try builder.add(object) }
        return CheckReport.Totals(try builder.finish(), malformed: malformed)
    }

    private static func text(_ report: CheckReport) -> String {
        var text = ""
        report.writeText { text += $0 }
        return text
    }

    @Test("the report of a healthy cluster is one line")
    func healthy() throws {
        let report = CheckReport(totals: try Self.totals(), findings: [], counts: [:], accepted: [:])
        #expect(
            Self.text(report)
                == "Healthy: no findings among 4 objects: 2 of Proxmox VE on 1 storage, 1 foreign, 1 being deleted\n")
        #expect(report.worst == nil)
        #expect(
            report.json(rows: [])
                == "{\"objects\":4,\"malformed\":0,\"anomalies\":{\"error\":0,\"warning\":0,\"notice\":0},\"findings\":[]}\n"
        )
    }

    @Test("the text has a table of findings, totals, accepted reasons")
    func findings() throws {
        let report = CheckReport(
            totals: try Self.totals(malformed: 1),
            findings: [
                Samples.finding(Samples.hostile, .unexpectedTag, "an ISO image must not have pve-vm \"9\""),
                Samples.finding(Samples.disk, .duplicateDisk, Samples.hostileText),
            ],
            counts: [.unexpectedTag: 1, .duplicateDisk: 1, .strayTag: 2], accepted: [.strayTag: 2])
        #expect(
            Self.text(report) == """
                SEVERITY  REASON          OBJECT                VM  STORAGE  CLUSTER  DETAIL
                error     unexpected-tag  snapshot nzkr.b.1a5    9  sp-nvme  prod1    an ISO image must not have pve-vm "9"
                notice    duplicate-disk  volume nzkr.b.1a2    104  sp-nvme  prod1    \(Samples.hostileText.printable())

                1 element could not be read (a warning); 2 findings (1 error, 0 warnings, 1 notice) among 4 objects: \
                2 of Proxmox VE on 1 storage, 1 foreign, 1 being deleted; accepted: 2 stray-tag

                """)
        #expect(report.worst == .error)
    }

    @Test("unreadable elements count as a warning")
    func malformed() throws {
        let report = CheckReport(totals: try Self.totals(malformed: 2), findings: [], counts: [:], accepted: [:])
        #expect(report.worst == .warning)
        #expect(report.json(rows: []).contains("\"malformed\":2"))
        #expect(Self.text(report).hasPrefix("2 elements could not be read (a warning); no findings among 4 objects: "))
        let notice = CheckReport(
            totals: try Self.totals(malformed: 2), findings: [Samples.finding(Samples.disk, .duplicateDisk)],
            counts: [.duplicateDisk: 1], accepted: [:])
        #expect(notice.worst == .warning)
    }

    @Test("the JSON has counts by severity and the rows with findings")
    func json() throws {
        let report = CheckReport(
            totals: try Self.totals(), findings: [Samples.finding(Samples.hostile, .unexpectedTag)],
            counts: [.unexpectedTag: 1, .strayTag: 2], accepted: [.strayTag: 1])
        let row = JSONRows.line(Samples.rows[3]).dropLast()
        #expect(
            report.json(rows: [Samples.rows[3]])
                == "{\"objects\":4,\"malformed\":0,\"anomalies\":{\"error\":1,\"warning\":0,\"notice\":2},\"findings\":[\(row)]}\n"
        )
    }
}
