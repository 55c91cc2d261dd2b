import Exposition
import Inventory
import ProxmoxVE
import StorPool
import Testing

@Suite("Anomaly series")
struct SampleTableTests {
    private static let nvme = StorageKey(cluster: "prod1", storage: "nvme")

    @Test("anomaly series are zero for every reason of each storage")
    func zeros() throws {
        let page = try PageContents([Sample.volume("a.1.1"), Sample.volume("a.1.2", storage: "hdd")]).page()
        let samples = page.samples("storpool_pve_anomalies")
        #expect(samples.count == 2 * AnomalyReason.allCases.count)
        #expect(samples.allSatisfy { $0.hasSuffix(" 0") })
        #expect(Set(samples).count == samples.count)
        #expect(samples == samples.sorted())
        for reason in AnomalyReason.allCases {
            #expect(
                samples.filter { $0.contains("reason=\"\(reason.text)\",severity=\"\(reason.severity.text)\"") }.count
                    == 2)
        }
    }

    @Test("anomaly series include storages without PVE objects")
    func elsewhere() throws {
        let page = try PageContents(counts: [
            AnomalyCount(storageKey: StorageKey(cluster: "", storage: "x"), reason: .invisible): 3
        ])
        .page()
        #expect(
            page.samples("storpool_pve_anomalies").contains(
                #"storpool_pve_anomalies{storage="x",reason="invisible",severity="warning"} 3"#))
        #expect(page.samples("storpool_pve_anomalies").count == AnomalyReason.allCases.count)
    }

    @Test("anomaly series show the worst anomalies and count the others", arguments: [0, 1, 2, 3, 4, 100])
    func bound(_ series: Int) throws {
        let known = [
            Sample.known("b", .namedVolume, firstSeen: 1), Sample.known("c", .wrongKind, firstSeen: 2),
            Sample.known("a", .invisible, firstSeen: 3),
        ]
        let page = try PageContents([Sample.volume("a.1.1")], known: known, series: series).page()
        let shown = min(series, known.count)
        let ids = ["b", "c", "a"].prefix(shown).map { "{global_id=\"\($0)\"" }
        let info = page.samples("storpool_pve_anomaly_info")
        #expect(info.count == shown)
        #expect(zip(info, ids).allSatisfy { $0.contains($1) })
        let firstSeen = page.samples("storpool_pve_anomaly_first_seen_timestamp_seconds")
        #expect(firstSeen.count == shown)
        #expect(
            firstSeen.compactMap { $0.split(separator: " ").last } == ["1", "2", "3"].prefix(shown).map { $0[...] })
        #expect(page.samples("storpool_pve_anomaly_info_omitted") == ["storpool_pve_anomaly_info_omitted \(3 - shown)"])
    }

    @Test("accepted anomalies are counted but have no info series")
    func accepted() throws {
        var ledger = AnomalyLedger(accepted: AcceptedAnomalies([.invisible]))
        let inventory = Sample.inventory([
            Sample.volume("a.1.1", cluster: nil), Sample.volume("a.1.2", vmid: "5", cluster: nil),
        ])
        _ = ledger.update(with: inventory.findings, at: 7)
        let page = try PageContents(
            inventory: inventory, space: nil, templates: [], known: ledger.known, anomalyCounts: ledger.counts,
            anomalySeries: 500
        ).page()
        #expect(
            page.samples("storpool_pve_anomalies").contains(
                #"storpool_pve_anomalies{storage="nvme",reason="invisible",severity="warning"} 2"#))
        #expect(page.samples("storpool_pve_anomaly_info").count == 1)
        #expect(page.samples("storpool_pve_anomaly_info").first?.contains(#"reason="vmid-range""#) == true)
    }
}
