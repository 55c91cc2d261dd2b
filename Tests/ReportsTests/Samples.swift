import Inventory
import ProxmoxVE
import StorPool

@testable import Reports

enum Samples {
    static let disk = StorPoolObject(
        kind: .volume, name: "~nzkr.b.1a2", globalID: "nzkr.b.1a2", size: 34_359_738_368, created: 1_700_000_000,
        tags: Tags(
            virt: "pve", cluster: "prod1", storage: "sp-nvme", contentType: "images", vmid: "104", disk: "0"))

    static let beingDeleted = StorPoolObject(
        kind: .snapshot, name: "*nzkr.b.1a3", globalID: "nzkr.b.1a3", size: 1_649_267_441_664, isDeleted: true,
        tags: Tags(
            virt: "pve", cluster: "prod1", storage: "sp-nvme", contentType: "images", vmid: "104", disk: "0",
            snapshot: "daily", parent: "nzkr.b.1a2"))

    static let foreign = StorPoolObject(
        kind: .volume, name: "db \"main\", 1", globalID: "nzkr.b.1a4", size: 512, tags: Tags(comment: ""))

    /// A text that sends terminal commands, forges a line and reverses the text direction.
    static let hostileText = "a\u{1B}[31m\nerror\u{9B}2J\u{202E}x\u{2028}\u{7F}"

    static let hostile = StorPoolObject(
        kind: .snapshot, name: "iso", globalID: "nzkr.b.1a5", size: 0,
        tags: Tags(
            virt: "pve", cluster: "prod1", storage: "sp-nvme", contentType: "iso", vmid: "9", comment: hostileText))

    static let anomaly = Anomaly(reason: .unexpectedTag, detail: "an ISO image must not have pve-vm \"9\"")

    static let rows = [
        Row(disk, isOfInterest: true, anomalies: []), Row(beingDeleted, isOfInterest: true, anomalies: []),
        Row(foreign, isOfInterest: true, anomalies: []), Row(hostile, isOfInterest: true, anomalies: [anomaly]),
    ]

    static func finding(_ object: StorPoolObject, _ reason: AnomalyReason, _ detail: String = "") -> Finding {
        Finding(
            subject: Subject(object, Classifier.objectType(of: object)),
            anomaly: Anomaly(reason: reason, detail: detail))
    }
}
