import Exposition
import Inventory
import ProxmoxVE
import StorPool
import Text

/// The kinds of journal events. The raw value is the name.
enum Event: String, CaseIterable {
    case anomalyDetected = "anomaly-detected"
    case anomalyResolved = "anomaly-resolved"
    case anomaliesSuppressed = "anomalies-suppressed"
    case pollFailed = "poll-failed"
    case pollRecovered = "poll-recovered"

    /// The id of the event's entry in the journal catalog: `MESSAGE_ID` of systemd.journal-fields(7).
    var messageID: String {
        switch self {
        case .anomalyDetected: "5daed8a0fb5a45d9bb2e418a1d8271c4"
        case .anomalyResolved: "1a74dee9737144fc9cbdb79f402fc1aa"
        case .anomaliesSuppressed: "43b315bc18b74b7895908d484ff59f40"
        case .pollFailed: "d6ea47c4ce7146a982a269865fa34072"
        case .pollRecovered: "582e2ee048de432ea647bbfd7c8d7557"
        }
    }
}

/// Priorities of syslog(3).
enum EventPriority: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case information = 6
}

/// One event, ready to be sent.
struct EventRecord: Equatable {
    let event: Event
    let priority: EventPriority
    let message: String
    /// Fields in addition to the fields that every event has.
    let details: [Field]

    /// A journal field. The value is printable and has at most about 3,000 bytes, unless the field was created with
    /// `raw`. The reason is that journalctl shows a `MESSAGE` with a control character as `[12B blob data]`, and that
    /// `journalctl -x` prints the fields of catalog entries unchanged.
    struct Field: Equatable {
        private static let maximumBytes = 3_000

        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.init(raw: name, value.printable(limit: Self.maximumBytes))
        }

        init(raw name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    var fields: [Field] {
        [
            Field("MESSAGE", message), Field("PRIORITY", String(priority.rawValue)),
            Field("SYSLOG_IDENTIFIER", Build.name), Field("MESSAGE_ID", event.messageID),
            Field("STORPOOL_PVE_EVENT", event.rawValue),
        ] + details
    }
}

extension EventRecord {
    /// The events for the changes of a poll: detected anomalies, the worst first, then resolved anomalies. The changes
    /// beyond `limit` share one event, which counts them by reason.
    static func events(of changes: AnomalyLedger.Changes, atMost limit: Int) -> [EventRecord] {
        let detected = changes.detected.prefix(limit)
        let resolved = changes.resolved.prefix(max(0, limit - detected.count))
        var events = detected.map(EventRecord.detected) + resolved.map(EventRecord.resolved)
        let otherDetected = changes.detected.dropFirst(detected.count)
        let otherResolved = changes.resolved.dropFirst(resolved.count)
        if !otherDetected.isEmpty || !otherResolved.isEmpty {
            events.append(.suppressed(detected: byReason(otherDetected), resolved: byReason(otherResolved)))
        }
        return events
    }

    private static func byReason(_ entries: ArraySlice<KnownAnomaly>) -> [String: Int] {
        entries.reduce(into: [:]) { $0[$1.finding.anomaly.reason.text, default: 0] += 1 }
    }

    static func detected(_ known: KnownAnomaly) -> EventRecord {
        let reason = known.finding.anomaly.reason
        let priority: EventPriority =
            switch reason.severity {
            case .error: .error
            case .warning: .warning
            case .notice: .notice
            }
        return EventRecord(
            event: .anomalyDetected, priority: priority,
            message: "\(known.finding.subject.title): \(reason.text): \(known.finding.anomaly.detail)",
            details: fields(known.finding))
    }

    static func resolved(_ known: KnownAnomaly) -> EventRecord {
        EventRecord(
            event: .anomalyResolved, priority: .information,
            message: "\(known.finding.subject.title): \(known.finding.anomaly.reason.text) is resolved",
            details: fields(known.finding))
    }

    /// One event for all changes that have no event of their own, with their numbers by reason.
    static func suppressed(detected: [String: Int], resolved: [String: Int]) -> EventRecord {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
                .joined(separator: ", ")
        }
        var parts: [String] = []
        if !detected.isEmpty { parts.append("detected: \(list(detected))") }
        if !resolved.isEmpty { parts.append("resolved: \(list(resolved))") }
        let count = (Array(detected.values) + Array(resolved.values)).reduce(0, +)
        return EventRecord(
            event: .anomaliesSuppressed, priority: .warning,
            message:
                "\(count) more anomaly events of this poll are not logged individually; \(parts.joined(separator: "; "))",
            details: [EventRecord.Field("STORPOOL_PVE_SUPPRESSED", String(count))])
    }

    static func pollFailed(_ failure: PollFailure) -> EventRecord {
        EventRecord(
            event: .pollFailed, priority: .error,
            message: failure.cause == .config
                ? "Cannot poll the StorPool API until the configuration is fixed and reloaded: \(failure.text)"
                : "Cannot read the StorPool API, retrying: \(failure.text)",
            details: [EventRecord.Field("STORPOOL_PVE_CAUSE", failure.cause.rawValue)])
    }

    static func pollRecovered(after duration: Duration, failures: Int) -> EventRecord {
        let duration = PrometheusDuration.text(.seconds(duration.components.seconds))
        return EventRecord(
            event: .pollRecovered, priority: .notice,
            message: "The StorPool API can be read again, after \(duration) and \(failures) failed"
                + " poll\(failures == 1 ? "" : "s")",
            details: [EventRecord.Field("STORPOOL_PVE_FAILED_POLLS", String(failures))])
    }

    private static func fields(_ finding: Finding) -> [Field] {
        let subject = finding.subject
        return [
            Field("STORPOOL_GLOBAL_ID", subject.globalID), Field(raw: "STORPOOL_NAME", subject.name),
            Field("STORPOOL_KIND", subject.kind.text), Field("PVE_OBJECT_TYPE", subject.type?.text ?? ""),
            Field(raw: "PVE_VOLUME", subject.volumeName ?? ""), Field("PVE_CLUSTER", subject.storageKey.cluster),
            Field("PVE_STORAGE", subject.storageKey.storage), Field("PVE_VMID", subject.vmid),
            Field("ANOMALY_REASON", finding.anomaly.reason.text),
            Field("ANOMALY_SEVERITY", finding.anomaly.reason.severity.text),
            Field("ANOMALY_DETAIL", finding.anomaly.detail),
        ] + rawTags(subject)
    }

    /// The raw values of tags, without those that are equal to their printable values.
    private static func rawTags(_ subject: Subject) -> [Field] {
        [
            Field(raw: "STORPOOL_TAG_PVE_LOC", subject.storageKey.cluster),
            Field(raw: "STORPOOL_TAG_PVE", subject.storageKey.storage), Field(raw: "STORPOOL_TAG_PVE_VM", subject.vmid),
        ].filter { $0 != Field($0.name, $0.value) }
    }
}

extension Subject {
    /// Such as `volume nzkr.b.1a2 (VM 104 on sp-nvme of prod1)`.
    fileprivate var title: String {
        var text = "\(kind.text) \(globalID)"
        let owner = vmid.isEmpty ? "" : "VM \(vmid)"
        let storage = storageKey.storage.isEmpty ? "" : "on \(storageKey.storage)"
        let cluster = storageKey.cluster.isEmpty ? "" : "of \(storageKey.cluster)"
        let parts = [owner, storage, cluster].filter { !$0.isEmpty }
        if !parts.isEmpty { text += " (\(parts.joined(separator: " ")))" }
        return text
    }
}
