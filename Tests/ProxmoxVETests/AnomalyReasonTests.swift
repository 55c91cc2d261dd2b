import ProxmoxVE
import Testing

@Suite("Reasons of anomalies")
struct AnomalyReasonTests {
    @Test("each reason has its documented severity")
    func severities() {
        let bySeverity = Dictionary(grouping: AnomalyReason.allCases, by: \.severity).mapValues { Set($0.map(\.text)) }
        #expect(
            bySeverity[.error] == ["named-volume", "wrong-kind", "unexpected-tag", "missing-tag", "content-type"])
        #expect(
            bySeverity[.warning]
                == [
                    "undecodable-name", "invisible", "scheduled-deletion", "unfindable-cloudinit",
                    "duplicate-cloudinit", "duplicate-snapshot", "orphan-snapshot", "storage-mismatch",
                    "base-and-disk", "owner-mismatch",
                ])
        #expect(bySeverity[.notice] == ["duplicate-disk", "vmid-range", "stray-tag", "odd-boolean"])
        #expect(
            AnomalyReason.allCases.map(\.severity) == AnomalyReason.allCases.map(\.severity).sorted(by: >),
            "the worst reasons come first")
        #expect(AnomalySeverity.allCases.sorted(by: >).map(\.text) == ["error", "warning", "notice"])
        #expect(
            Set(AnomalyReason.allCases.filter(\.comparesObjects).map(\.text))
                == [
                    "duplicate-cloudinit", "duplicate-snapshot", "orphan-snapshot", "storage-mismatch",
                    "base-and-disk", "owner-mismatch", "duplicate-disk",
                ])
    }
}
