import Inventory
import ProxmoxVE
import StorPool
import TestSupport
import Testing

@Suite("Anomaly ledger")
struct AnomalyLedgerTests {
    private static func finding(
        _ id: String, _ reason: AnomalyReason, _ kind: ObjectKind = .volume, storage: String = "nvme",
        detail: String = ""
    ) -> Finding {
        Finding(
            subject: Subject(
                globalID: id, name: "~" + id, kind: kind, type: .disk, volumeName: nil,
                storageKey: StorageKey(cluster: "prod1", storage: storage), vmid: "104"),
            anomaly: Anomaly(reason: reason, detail: detail))
    }

    /// Known anomalies as `reason id firstSeen`.
    private static func lines(_ known: [KnownAnomaly]) -> [String] {
        known.map { "\($0.finding.anomaly.reason.text) \($0.finding.subject.globalID) \($0.firstSeen)" }
    }

    private let named = finding("a", .namedVolume)
    private let invisible = finding("b", .invisible)
    private let duplicate = finding("c", .duplicateDisk)

    @Test("the ledger detects an anomaly of one object once, at once")
    func detected() {
        var ledger = AnomalyLedger()
        #expect(Self.lines(ledger.update(with: [named], at: 10).detected) == ["named-volume a 10"])
        for now in 11...13 as ClosedRange<UInt64> { #expect(ledger.update(with: [named], at: now).isEmpty) }
        #expect(Self.lines(ledger.known) == ["named-volume a 10"])
    }

    @Test("the ledger counts known anomalies by severity")
    func severities() {
        var ledger = AnomalyLedger(accepted: AcceptedAnomalies([.oddBoolean]))
        #expect(AnomalySeverity.allCases.map(ledger.count) == [0, 0, 0])
        let others = [Self.finding("d", .vmidRange), Self.finding("e", .vmidRange), Self.finding("f", .oddBoolean)]
        _ = ledger.update(with: [named, invisible] + others, at: 10)
        #expect([AnomalySeverity.error, .warning, .notice].map(ledger.count) == [1, 1, 2])
    }

    @Test("the ledger distinguishes ids that only look the same")
    func idsByBytes() {
        var ledger = AnomalyLedger()
        let alike = [Self.finding("\u{E9}", .namedVolume), Self.finding("e\u{301}", .namedVolume)]
        #expect(ledger.update(with: alike, at: 10).detected.count == 2)
        #expect(ledger.update(with: alike, at: 20).isEmpty)
    }

    @Test("the ledger resolves an anomaly and can detect it again")
    func resolved() {
        var ledger = AnomalyLedger()
        _ = ledger.update(with: [named, invisible], at: 10)
        let changes = ledger.update(with: [invisible], at: 20)
        #expect(Self.lines(changes.resolved) == ["named-volume a 10"])
        #expect(changes.detected.isEmpty)
        #expect(Self.lines(ledger.known) == ["invisible b 10"])
        #expect(Self.lines(ledger.update(with: [named, invisible], at: 30).detected) == ["named-volume a 30"])
        #expect(Self.lines(ledger.update(with: [], at: 40).resolved) == ["named-volume a 30", "invisible b 10"])
        #expect(ledger.known.isEmpty)
        #expect(ledger.counts.isEmpty)
    }

    @Test(
        "the ledger detects anomalies of comparisons in a second poll",
        arguments: AnomalyReason.allCases.filter(\.comparesObjects))
    func comparing(_ reason: AnomalyReason) {
        var ledger = AnomalyLedger()
        let finding = Self.finding("c", reason)
        #expect(ledger.update(with: [finding], at: 10).isEmpty)
        #expect(ledger.counts.isEmpty)
        #expect(Self.lines(ledger.update(with: [finding], at: 20).detected) == ["\(reason.text) c 20"])
        #expect(ledger.counts.values.reduce(0, +) == 1)
        #expect(ledger.update(with: [finding], at: 30).isEmpty)
        #expect(Self.lines(ledger.update(with: [], at: 40).resolved) == ["\(reason.text) c 20"])
        #expect(ledger.update(with: [finding], at: 50).isEmpty)
    }

    @Test("the ledger ignores a duplicate found in every other poll")
    func flickering() {
        var ledger = AnomalyLedger()
        for now in 0..<10 as Range<UInt64> {
            #expect(ledger.update(with: now % 2 == 0 ? [duplicate] : [], at: now).isEmpty)
        }
    }

    @Test("the ledger treats a changed detail as the same anomaly")
    func detailChanges() {
        var ledger = AnomalyLedger()
        _ = ledger.update(with: [Self.finding("c", .duplicateDisk, detail: "and d")], at: 10)
        #expect(ledger.update(with: [Self.finding("c", .duplicateDisk, detail: "and e")], at: 20).detected.count == 1)
        #expect(ledger.update(with: [Self.finding("c", .duplicateDisk, detail: "and f")], at: 30).isEmpty)
        #expect(ledger.known.first?.finding.anomaly.detail == "and f")
        #expect(ledger.known.first?.firstSeen == 20)
    }

    @Test("the ledger distinguishes volume and snapshot of the same id")
    func kinds() {
        var ledger = AnomalyLedger()
        let both = [Self.finding("a", .invisible, .volume), Self.finding("a", .invisible, .snapshot)]
        #expect(ledger.update(with: both, at: 10).detected.count == 2)
        #expect(ledger.update(with: [both[1]], at: 20).resolved.map(\.finding.subject.kind) == [.volume])
    }

    @Test("the ledger keeps only one of two equal findings")
    func twice() {
        var ledger = AnomalyLedger()
        #expect(ledger.update(with: [named, named], at: 10).detected.count == 1)
        #expect(ledger.known.count == 1)
    }

    @Test("the ledger sorts by severity, then by id")
    func order() {
        var ledger = AnomalyLedger()
        let findings = [
            Self.finding("a", .vmidRange), Self.finding("z", .namedVolume), Self.finding("m", .invisible),
            Self.finding("b", .missingTag), Self.finding("b", .namedVolume), Self.finding("b", .namedVolume, .snapshot),
        ]
        let expected = [
            "missing-tag b 5", "named-volume b 5", "named-volume b 5", "named-volume z 5", "invisible m 5",
            "vmid-range a 5",
        ]
        #expect(Self.lines(ledger.update(with: findings, at: 5).detected) == expected)
        #expect(Self.lines(ledger.known) == expected)
        #expect(Self.lines(ledger.update(with: [], at: 6).resolved) == expected)
    }

    @Test("the ledger counts accepted anomalies and never reports them")
    func accepted() {
        var ledger = AnomalyLedger(accepted: AcceptedAnomalies([.namedVolume, .duplicateDisk]))
        for now in 10...12 as ClosedRange<UInt64> {
            let changes = ledger.update(with: [named, duplicate, invisible], at: now)
            #expect(Self.lines(changes.detected) == (now == 10 ? ["invisible b 10"] : []))
        }
        let key = StorageKey(cluster: "prod1", storage: "nvme")
        #expect(
            ledger.counts == [
                AnomalyCount(storageKey: key, reason: .namedVolume): 1,
                AnomalyCount(storageKey: key, reason: .duplicateDisk): 1,
                AnomalyCount(storageKey: key, reason: .invisible): 1,
            ])
        #expect(ledger.acceptedCounts == [.namedVolume: 1, .duplicateDisk: 1])
        #expect(Self.lines(ledger.update(with: [], at: 13).resolved) == ["invisible b 10"])
    }

    @Test("the ledger can accept a reason on a single object")
    func acceptedOfOneObject() {
        var accepted = AcceptedAnomalies()
        accepted.insert(.namedVolume, of: "a")
        let other = Self.finding("b", .namedVolume)
        var ledger = AnomalyLedger(accepted: accepted, known: [KnownAnomaly(finding: named, firstSeen: 1)])
        #expect(ledger.known.isEmpty)
        #expect(Self.lines(ledger.update(with: [named, other], at: 10).detected) == ["named-volume b 10"])
        #expect(ledger.counts.values.reduce(0, +) == 2)
        #expect(ledger.acceptedCounts == [.namedVolume: 1])
    }

    @Test("the ledger counts objects by storage and reason")
    func counts() {
        var ledger = AnomalyLedger()
        _ = ledger.update(
            with: [named, Self.finding("d", .namedVolume), Self.finding("e", .namedVolume, storage: "hdd"), invisible],
            at: 1)
        #expect(
            ledger.counts == [
                AnomalyCount(storageKey: StorageKey(cluster: "prod1", storage: "nvme"), reason: .namedVolume): 2,
                AnomalyCount(storageKey: StorageKey(cluster: "prod1", storage: "hdd"), reason: .namedVolume): 1,
                AnomalyCount(storageKey: StorageKey(cluster: "prod1", storage: "nvme"), reason: .invisible): 1,
            ])
    }

    @Test("a restarted ledger repeats no event and misses no change")
    func restart() {
        var before = AnomalyLedger()
        _ = before.update(with: [named, invisible, duplicate], at: 10)
        _ = before.update(with: [named, invisible, duplicate], at: 20)
        var after = AnomalyLedger(known: before.known.reversed())
        #expect(after.known == before.known)
        let other = Self.finding("z", .missingTag)
        let changes = after.update(with: [named, duplicate, other], at: 100)
        #expect(Self.lines(changes.detected) == ["missing-tag z 100"])
        #expect(Self.lines(changes.resolved) == ["invisible b 10"])
        #expect(Self.lines(after.known) == ["named-volume a 10", "missing-tag z 100", "duplicate-disk c 20"])
        #expect(after.update(with: [named, duplicate, other], at: 110).isEmpty)
    }

    @Test("the ledger forgets a known anomaly that is now accepted")
    func acceptedSince() {
        let known = [KnownAnomaly(finding: named, firstSeen: 1), KnownAnomaly(finding: invisible, firstSeen: 2)]
        var ledger = AnomalyLedger(accepted: AcceptedAnomalies([.namedVolume]), known: known)
        #expect(Self.lines(ledger.known) == ["invisible b 2"])
        #expect(ledger.update(with: [named, invisible], at: 10).isEmpty)
        #expect(ledger.update(with: [invisible], at: 20).isEmpty)
    }

    @Test("the ledger knows all anomalies detected and not resolved")
    func balance() {
        var random = Seeded(9)
        var ledger = AnomalyLedger()
        var open: Set<Finding.Key> = []
        for now in 0..<300 as Range<UInt64> {
            if now % 50 == 49 { ledger = AnomalyLedger(known: ledger.known) }
            let findings = (0..<20).compactMap { _ -> Finding? in
                guard let reason = AnomalyReason.allCases.randomElement(using: &random) else { return nil }
                return Self.finding(["a", "b", "c"].randomElement(using: &random) ?? "", reason)
            }
            let changes = ledger.update(with: findings, at: now)
            for entry in changes.detected { #expect(open.insert(entry.finding.key).inserted) }
            for entry in changes.resolved { #expect(open.remove(entry.finding.key) != nil) }
            #expect(Set(ledger.known.map(\.finding.key)) == open)
            #expect(ledger.known.allSatisfy { $0.firstSeen <= now })
            let alone = Set(findings.filter { !$0.anomaly.reason.comparesObjects }.map(\.key))
            #expect(alone.isSubset(of: open))
        }
    }

    @Test("the ledger handles thousands of anomalies")
    func many() {
        var ledger = AnomalyLedger()
        var expected: [String: UInt64] = [:]
        var random = Seeded(10)
        for now in 1...4 as ClosedRange<UInt64> {
            let ids = Set((0..<3_000).map { _ in "a.b.\(Int.random(in: 0..<5_000, using: &random))" })
            let changes = ledger.update(with: ids.map { Self.finding($0, .namedVolume) }, at: now)
            #expect(Set(changes.detected.map(\.finding.subject.globalID)) == ids.subtracting(expected.keys))
            #expect(Set(changes.resolved.map(\.finding.subject.globalID)) == Set(expected.keys).subtracting(ids))
            expected = Dictionary(uniqueKeysWithValues: ids.map { ($0, expected[$0] ?? now) })
            #expect(ledger.known.map(\.finding.subject.globalID) == expected.keys.sorted())
            #expect(ledger.known.allSatisfy { $0.firstSeen == expected[$0.finding.subject.globalID] })
        }
    }
}
