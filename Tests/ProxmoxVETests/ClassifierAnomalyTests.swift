import ProxmoxVE
import StorPool
import Testing

@Suite("Anomalies of one object")
struct ClassifierAnomalyTests {
    @Test(
        "an object has exactly the expected anomalies",
        arguments: AnomalySample.errors + AnomalySample.warnings + AnomalySample.losses + AnomalySample.notices
    )
    func found(_ sample: AnomalySample) {
        let anomalies = Classifier.classify(sample.object).anomalies
        #expect(anomalies.map(\.reason) == sample.reasons)
        for text in sample.shows { #expect(anomalies.first?.detail.contains(text) == true, "\(anomalies)") }
    }

    @Test("a foreign object has no anomaly except `invisible`", arguments: AnomalySample.foreign)
    func foreign(_ sample: AnomalySample) {
        let classification = Classifier.classify(sample.object)
        #expect(classification.objectType == nil)
        #expect(Classifier.objectType(of: sample.object) == nil)
        #expect(classification.anomalies.map(\.reason) == sample.reasons)
        for text in sample.shows { #expect(classification.anomalies.first?.detail.contains(text) == true) }
    }

    @Test("objects that the plugin creates have no anomalies", arguments: Sample.all)
    func healthy(_ object: StorPoolObject) {
        #expect(Classifier.classify(object).anomalies.isEmpty)
    }

    @Test("the detail of a scheduled deletion has the date in UTC")
    func deletionDate() {
        let detail = Classifier.classify(Sample.base.deleted(at: 951_827_696)).anomalies.first?.detail ?? ""
        #expect(
            detail.contains("targetDeleteDate is 951827696") && detail.contains("2000-02-29 12:34 UTC"), "\(detail)")
    }

    @Test("hostile values are escaped and truncated in details")
    func tamed() {
        let detail =
            Classifier.classify(Sample.disk.named("a\n\u{202E}\u{1B}[31mb\u{200B}")).anomalies.first?.detail ?? ""
        #expect(detail.contains(#""a\u{A}\u{202E}\u{1B}[31mb\u{200B}""#))
        let long =
            Classifier.classify(Sample.disk.named(String(repeating: "é", count: 5_000))).anomalies.first?.detail ?? ""
        #expect(long.utf8.count < 300)
        #expect(long.contains("…"))
    }
}
