import Exposition
import Inventory
import ProxmoxVE
import StorPool
import TestSupport
import Testing

@Suite("Objects page")
struct ObjectsPageTests {
    /// A page with a sample in every family.
    private let full = PageContents(
        [Sample.volume("a.1.1"), Sample.snapshot("s.1.1"), Sample.volume("a.1.2", disk: "1")],
        space: [Sample.volume("a.1.1", stored: 7), Sample.snapshot("s.1.1", stored: 8, used: 9)],
        templates: [TemplateStatus(name: "nvme", capacity: 4, free: 3, stored: 2, provisioned: 1)],
        known: [Sample.known("a.1.1", .namedVolume)],
        counts: [AnomalyCount(storageKey: StorageKey(cluster: "prod1", storage: "nvme"), reason: .namedVolume): 1])

    @Test("the page has the samples in the order of the families")
    func golden() throws {
        let labels = #"pve_cluster="prod1",storage="nvme""#
        let anomaly =
            #"global_id="a.1.1",object_kind="volume",object_type="disk",pve_cluster="prod1",storage="nvme","#
            + #"vmid="104",reason="named-volume",severity="error""#
        let anomalies = AnomalyReason.allCases.sorted { $0.text < $1.text }.map { reason in
            #"storpool_pve_anomalies{\#(labels),reason="\#(reason.text)",severity="\#(reason.severity.text)"} "#
                + (reason == .namedVolume ? "1" : "0")
        }
        let expected =
            [
                #"storpool_pve_objects{\#(labels),object_type="disk",vmid="104"} 2"#,
                #"storpool_pve_objects{\#(labels),object_type="snapshot",vmid="104"} 1"#,
                #"storpool_pve_provisioned_bytes{\#(labels),object_type="disk",vmid="104"} 2048"#,
                #"storpool_pve_provisioned_bytes{\#(labels),object_type="snapshot",vmid="104"} 1024"#,
                #"storpool_pve_stored_bytes{\#(labels),object_type="disk",vmid="104"} 7"#,
                #"storpool_pve_stored_bytes{\#(labels),object_type="snapshot",vmid="104"} 8"#,
                #"storpool_pve_snapshot_reclaimable_bytes{\#(labels),vmid="104"} 9"#,
                #"storpool_pve_oldest_snapshot_timestamp_seconds{\#(labels),vmid="104"} 5"#,
                #"storpool_pve_newest_snapshot_timestamp_seconds{\#(labels),vmid="104"} 5"#,
            ] + anomalies + [
                "storpool_pve_anomaly_info{\(anomaly)} 1",
                "storpool_pve_anomaly_first_seen_timestamp_seconds{\(anomaly)} 7",
                "storpool_pve_anomaly_info_omitted 0",
                #"storpool_pve_foreign_objects{object_kind="snapshot"} 0"#,
                #"storpool_pve_foreign_objects{object_kind="volume"} 0"#,
                #"storpool_pve_foreign_bytes{object_kind="snapshot"} 0"#,
                #"storpool_pve_foreign_bytes{object_kind="volume"} 0"#, "storpool_pve_going_objects 0",
                "storpool_pve_going_bytes 0", #"storpool_pve_template_capacity_bytes{template="nvme"} 4"#,
                #"storpool_pve_template_free_bytes{template="nvme"} 3"#,
                #"storpool_pve_template_stored_bytes{template="nvme"} 2"#,
                #"storpool_pve_template_provisioned_bytes{template="nvme"} 1"#,
            ]
        let lines = try full.page().text().split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        #expect(lines == expected)
    }

    @Test("the page declares every family once before its samples", arguments: ExpositionFormat.allCases)
    func declared(_ format: ExpositionFormat) throws {
        let text = try full.page().text(format)
        #expect(PageReader(text, format).problems == [])
        #expect(PageReader(text, format).families == MetricFamily.aboutObjects.map(\.name))
    }

    @Test("the page omits families without samples")
    func emptyFamilies() throws {
        let names = PageReader(try PageContents().page().text(), .text).families
        #expect(
            names == [
                "storpool_pve_anomaly_info_omitted", "storpool_pve_foreign_objects", "storpool_pve_foreign_bytes",
                "storpool_pve_going_objects", "storpool_pve_going_bytes",
            ])
    }

    @Test("the page has the same samples in both formats")
    func formats() throws {
        let page = try full.page()
        func samples(_ format: ExpositionFormat) -> [[UInt8]] { page.pieces(format).filter { $0.first != 0x23 } }
        #expect(samples(.text) == samples(.openMetrics))
        #expect(page.text(.text) != page.text(.openMetrics))
        #expect(page.text(.openMetrics).contains("# UNIT storpool_pve_provisioned_bytes bytes\n"))
        #expect(!page.text(.text).contains("# UNIT"))
        #expect(ExpositionFormat.text.terminator == [])
        #expect(ExpositionFormat.openMetrics.terminator == Array("# EOF\n".utf8))
    }

    @Test(
        "the page escapes label values",
        arguments: [
            ("plain", "plain"), ("back\\slash", "back\\\\slash"), ("quote\"s", "quote\\\"s"),
            ("line\nfeed", "line\\nfeed"),
            ("\\n", "\\\\n"), ("\"} 1\nevil{x=\"", "\\\"} 1\\nevil{x=\\\""), ("\\", "\\\\"), ("\\\"", "\\\\\\\""),
            ("é€😀", "é€😀"), ("e\u{301}", "e\u{301}"), ("\t\r\u{1}", "\t\r\u{1}"), ("{},= ", "{},= "), ("\0", "\0"),
            ("\r\n", "\r\\n"),
        ])
    func escaped(_ value: String, _ expected: String) throws {
        let key = StorageKey(cluster: value, storage: value)
        let page = try PageContents(
            [Sample.volume("a.1.1", vmid: value, cluster: value, storage: value)],
            templates: [TemplateStatus(name: value, free: 1)],
            known: [Sample.known(value, .namedVolume, vmid: value, storageKey: key)]
        ).page()
        let text = page.text()
        let labels = #"pve_cluster="\#(expected)",storage="\#(expected)""#
        #expect(text.utf8Contains(#"storpool_pve_objects{\#(labels),object_type="disk",vmid="\#(expected)"} 1"# + "\n"))
        #expect(text.utf8Contains(#"storpool_pve_template_free_bytes{template="\#(expected)"} 1"# + "\n"))
        #expect(
            text.utf8Contains(
                #"storpool_pve_anomaly_info{global_id="\#(expected)",object_kind="volume",object_type="disk","#
                    + #"\#(labels),vmid="\#(expected)",reason="named-volume",severity="error"} 1"# + "\n"))
        #expect(
            text.utf8Contains(#"storpool_pve_anomalies{\#(labels),reason="named-volume",severity="error"} 0"# + "\n"))
        #expect(PageReader(text, .text).problems == [])
    }

    @Test("the page omits empty labels")
    func emptyLabels() throws {
        let page = try PageContents(
            [Sample.volume("a.1.1", vmid: "", cluster: nil, storage: nil)],
            known: [
                Sample.known("a.1.1", .invisible, type: nil, vmid: "", storageKey: StorageKey(cluster: "", storage: ""))
            ]
        ).page()
        #expect(page.samples("storpool_pve_objects") == [#"storpool_pve_objects{object_type="disk"} 1"#])
        #expect(
            page.samples("storpool_pve_anomaly_info") == [
                #"storpool_pve_anomaly_info{global_id="a.1.1",object_kind="volume",reason="invisible",severity="warning"} 1"#
            ])
        #expect(
            page.samples("storpool_pve_anomalies").contains(
                #"storpool_pve_anomalies{reason="invisible",severity="warning"} 0"#))
        let noLabels = try PageContents(
            [Sample.snapshot("s.1.1", vmid: "")].map { object in
                var object = object
                (object.tags.cluster, object.tags.storage) = (nil, nil)
                return object
            }
        ).page()
        #expect(
            noLabels.samples("storpool_pve_oldest_snapshot_timestamp_seconds")
                == ["storpool_pve_oldest_snapshot_timestamp_seconds 5"])
    }

    @Test("the page writes the label vmid if it is the only label")
    func vmAlone() throws {
        var object = Sample.snapshot("s.1.1", vmid: "9")
        (object.tags.cluster, object.tags.storage) = (nil, nil)
        #expect(
            try PageContents([object]).page().samples("storpool_pve_newest_snapshot_timestamp_seconds")
                == [#"storpool_pve_newest_snapshot_timestamp_seconds{vmid="9"} 5"#])
    }

    @Test(
        "the page writes all 64 bits of numbers",
        arguments: [0, 9, 10, 99, 1 << 53 + 1, 12_345_678_901_234_567_890, UInt64.max] as [UInt64])
    func numbers(_ value: UInt64) throws {
        #expect(
            try PageContents([Sample.volume("a.1.1", size: value)]).page().samples("storpool_pve_provisioned_bytes").map
            {
                $0.split(separator: " ").last.map(String.init)
            } == ["\(value)"])
    }

    @Test("the page has one template per name and omits unknown values")
    func templates() throws {
        let page = try PageContents(templates: [
            TemplateStatus(name: "b", capacity: 1, free: 1), TemplateStatus(name: "a", capacity: 2),
            TemplateStatus(name: "b", capacity: 3), TemplateStatus(name: "c"),
        ]).page()
        #expect(
            page.samples("storpool_pve_template_capacity_bytes") == [
                #"storpool_pve_template_capacity_bytes{template="a"} 2"#,
                #"storpool_pve_template_capacity_bytes{template="b"} 3"#,
            ])
        #expect(page.samples("storpool_pve_template_free_bytes") == [])
        #expect(!page.text().contains("storpool_pve_template_free_bytes"))
    }

    @Test("the page compares template names by bytes")
    func templatesByBytes() throws {
        let page = try PageContents(templates: [
            TemplateStatus(name: "e\u{301}", provisioned: 5), TemplateStatus(name: "\u{E9}", provisioned: 6),
        ]).page()
        #expect(page.samples("storpool_pve_template_provisioned_bytes").count == 2)
    }

    @Test("the page omits the space of series that no longer exist")
    func vanished() throws {
        let space = [
            Sample.volume("a.1.1", stored: 1), Sample.volume("a.1.2", vmid: "105", stored: 2),
            Sample.volume("a.1.3", vmid: "9", stored: 3), Sample.snapshot("s.1.1", stored: 4, used: 5),
            Sample.snapshot("s.1.2", vmid: "105", stored: 6, used: 7),
            Sample.volume("a.1.4", storage: "hdd", stored: 8),
            Sample.volume("a.1.5", cluster: "prod0", stored: 9),
        ]
        let page = try PageContents(
            [
                Sample.volume("a.1.1"), Sample.volume("a.1.3", vmid: "9"), Sample.snapshot("s.1.1"),
                Sample.volume("a.1.6", vmid: "1"),
            ],
            space: space
        ).page()
        #expect(
            page.samples("storpool_pve_stored_bytes").compactMap { $0.split(separator: " ").last } == ["1", "3", "4"])
        #expect(
            page.samples("storpool_pve_snapshot_reclaimable_bytes").compactMap { $0.split(separator: " ").last } == [
                "5"
            ])
        // The space of a VM without snapshots is omitted, although the VM still has a volume.
        let withoutSnapshots = try PageContents([Sample.volume("a.1.1")], space: space).page()
        #expect(withoutSnapshots.samples("storpool_pve_snapshot_reclaimable_bytes") == [])
        #expect(try PageContents([Sample.volume("a.1.1")]).page().samples("storpool_pve_stored_bytes") == [])
    }

    @Test("the page omits the space of missing series at random")
    func vanishedAtRandom() throws {
        var random = Seeded(1)
        for _ in 0..<50 {
            func objects() -> [StorPoolObject] {
                (0..<Int.random(in: 0...30, using: &random)).map { number in
                    let vmid = ["1", "10", "9", "", "100"].randomElement(using: &random) ?? ""
                    if Bool.random(using: &random) {
                        return Sample.snapshot("s.\(number).1", vmid: vmid, stored: 1, used: 1)
                    }
                    return Sample.volume(
                        "a.\(number).1", vmid: vmid, cluster: ["a", "b", nil].randomElement(using: &random) ?? nil,
                        storage: ["a", "b", nil].randomElement(using: &random) ?? nil, stored: 1)
                }
            }
            let contents = PageContents(objects(), space: objects())
            let there = contents.inventory.series.map(\.key)
            let stored = contents.space?.stored.filter { there.contains($0.key) } ?? []
            #expect(try contents.page().samples("storpool_pve_stored_bytes").count == stored.count)
            let reclaimable = contents.space?.reclaimable.filter {
                there.contains(SeriesKey(storageKey: $0.storageKey, type: .snapshot, vmid: $0.vmid))
            }
            #expect(try contents.page().samples("storpool_pve_snapshot_reclaimable_bytes").count == reclaimable?.count)
        }
    }

    private static func contents(_ count: Int) -> PageContents {
        PageContents((0..<count).map { Sample.volume("a.\($0).1", vmid: String(100 + $0)) })
    }

    @Test("the page has each series once, in pieces of whole lines")
    func complete() throws {
        let page = try Self.contents(10_000).page()
        let samples = page.samples("storpool_pve_objects")
        #expect(Set(samples).count == 10_000 && samples.count == 10_000)
        #expect(page.samples("storpool_pve_provisioned_bytes").count == 10_000)
        #expect(page.pieces(.text).count > 20)
        for piece in page.pieces(.text) { #expect(piece.last == 0x0A && piece.count < 256 << 10) }
        for format in ExpositionFormat.allCases { #expect(PageReader(page.text(format), format).problems == []) }
    }

    @Test("a page over the size limit is an error")
    func tooLarge() throws {
        let contents = Self.contents(2_000)
        let bytes = try contents.page().pieces(.text).reduce(0) { $0 + ($1.first == 0x23 ? 0 : $1.count) }
        _ = try ObjectsPage(contents, maximumBytes: bytes)
        for maximum in [0, 1_000, bytes - 1] {
            let error = #expect(throws: PageTooLarge.self) {
                _ = try ObjectsPage(contents, maximumBytes: maximum)
            }
            #expect(error?.maximumBytes == maximum)
        }
    }

    @Test("the pieces of a page stay small even with long labels")
    func longLabels() throws {
        let long = String(repeating: "x", count: 60_000)
        let page = try PageContents((0..<100).map { Sample.volume("a.\($0).1", vmid: "\($0)\(long)") }).page()
        for piece in page.pieces(.text) { #expect(piece.count < 2 << 20) }
        #expect(page.samples("storpool_pve_objects").count == 100)
    }
}

extension String {
    /// Whether the string contains the bytes of `text`. `contains` would compare characters instead.
    func utf8Contains(_ text: String) -> Bool {
        let (all, part) = (Array(utf8), Array(text.utf8))
        return all.indices.contains { all[$0...].starts(with: part) }
    }
}
