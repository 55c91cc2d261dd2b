import Exposition
import Inventory
import ProxmoxVE
import Testing
import Text

@testable import Exporter

@Suite("Events")
struct EventsTests {
    @Test("a detected anomaly has every field of its object", arguments: AnomalyReason.allCases)
    func detected(reason: AnomalyReason) {
        let fields = Dictionary(
            uniqueKeysWithValues: EventRecord.detected(known(reason)).fields.map { ($0.name, $0.value) })
        #expect(fields["STORPOOL_PVE_EVENT"] == "anomaly-detected")
        #expect(fields["SYSLOG_IDENTIFIER"] == "storpool-pve-exporter")
        #expect(fields["STORPOOL_GLOBAL_ID"] == "nzkr.b.1a2")
        #expect(fields["STORPOOL_NAME"] == "~nzkr.b.1a2")
        #expect(fields["STORPOOL_KIND"] == "volume")
        #expect(fields["PVE_OBJECT_TYPE"] == "disk")
        #expect(fields["PVE_VOLUME"] == "vm-104-disk-0-sp-nzkr.b.1a2.raw")
        #expect(fields["PVE_CLUSTER"] == "prod1")
        #expect(fields["PVE_STORAGE"] == "sp-nvme")
        #expect(fields["PVE_VMID"] == "104")
        #expect(fields["ANOMALY_REASON"] == reason.text)
        #expect(fields["ANOMALY_SEVERITY"] == reason.severity.text)
        #expect(fields["ANOMALY_DETAIL"] == "a detail")
        let priorities: [AnomalySeverity: String] = [.error: "3", .warning: "4", .notice: "5"]
        #expect(fields["PRIORITY"] == priorities[reason.severity])
        #expect(fields["MESSAGE"]?.contains(reason.text) == true)
    }

    @Test("printable fields escape tags, and raw fields do not")
    func hostile() {
        let hostile = "a\n\u{1B}[31m\u{9B}\u{202E}"
        var entry = known(.invisible, detail: hostile)
        entry.finding.subject.globalID = hostile
        entry.finding.subject.name = hostile
        entry.finding.subject.vmid = hostile
        entry.finding.subject.storageKey = StorageKey(cluster: hostile, storage: hostile)
        for event in [EventRecord.detected(entry), .resolved(entry)] {
            let fields = Dictionary(uniqueKeysWithValues: event.fields.map { ($0.name, $0.value) })
            for name in ["STORPOOL_GLOBAL_ID", "PVE_CLUSTER", "PVE_STORAGE", "PVE_VMID", "ANOMALY_DETAIL"] {
                #expect(fields[name] == #"a\u{A}\u{1B}[31m\u{9B}\u{202E}"#)
            }
            #expect(fields["MESSAGE"]?.unicodeScalars.allSatisfy { $0.isPrintable } == true)
            for name in ["STORPOOL_NAME", "STORPOOL_TAG_PVE", "STORPOOL_TAG_PVE_LOC", "STORPOOL_TAG_PVE_VM"] {
                #expect(fields[name] == hostile)
            }
        }
        #expect(EventRecord.detected(known(.invisible)).fields.allSatisfy { !$0.name.hasPrefix("STORPOOL_TAG") })
    }

    @Test("event fields have a limited length")
    func bounded() {
        let event = EventRecord.detected(known(.invisible, detail: String(repeating: "x\n", count: 100_000)))
        #expect(event.fields.allSatisfy { $0.value.utf8.count < 4_000 })
    }

    @Test("each event has its own message id of 128 bits")
    func messageIDs() {
        let ids = Event.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.utf8.count == 32)
            #expect(id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
    }

    @Test("changes beyond the event limit are counted by reason")
    func digest() throws {
        var changes = AnomalyLedger.Changes()
        changes.detected = (0..<3).map { known(.wrongKind, of: "a.b.\($0)") } + [known(.strayTag, of: "a.b.9")]
        changes.resolved = [known(.invisible, of: "a.b.7")]
        let events = EventRecord.events(of: changes, atMost: 2)
        #expect(events.map(\.event) == [.anomalyDetected, .anomalyDetected, .anomaliesSuppressed])
        let summary = try #require(events.last)
        #expect(summary.message.contains("3 more anomaly events"))
        #expect(summary.message.contains("detected: 1 stray-tag, 1 wrong-kind"))
        #expect(summary.message.contains("resolved: 1 invisible"))
        #expect(summary.priority == .warning)
    }

    @Test("resolved and detected anomalies share the event limit")
    func sharedBound() {
        var changes = AnomalyLedger.Changes()
        changes.detected = [known(.wrongKind, of: "a.b.1")]
        changes.resolved = [known(.wrongKind, of: "a.b.2"), known(.wrongKind, of: "a.b.3")]
        #expect(
            EventRecord.events(of: changes, atMost: 2).map(\.event)
                == [.anomalyDetected, .anomalyResolved, .anomaliesSuppressed])
        #expect(
            EventRecord.events(of: changes, atMost: 3).map(\.event)
                == [.anomalyDetected, .anomalyResolved, .anomalyResolved])
        #expect(EventRecord.events(of: changes, atMost: 0).map(\.event) == [.anomaliesSuppressed])
        #expect(EventRecord.events(of: AnomalyLedger.Changes(), atMost: 0).isEmpty)
    }

    @Test("poll events name the cause and the duration")
    func polls() {
        let failed = EventRecord.pollFailed(PollFailure(.timeout, "VolumesList: timed out"))
        #expect(failed.priority == .error)
        #expect(failed.details == [EventRecord.Field("STORPOOL_PVE_CAUSE", "timeout")])
        #expect(failed.message.contains("VolumesList: timed out"))
        let recovered = EventRecord.pollRecovered(after: .seconds(300), failures: 1)
        #expect(recovered.message.hasSuffix("after 5m and 1 failed poll"))
        #expect(recovered.priority == .notice)
    }
}
