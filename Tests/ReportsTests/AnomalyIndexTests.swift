import Inventory
import ProxmoxVE
import StorPool
import Testing

@testable import Reports

@Suite("Anomalies by object")
struct AnomalyIndexTests {
    private static let index = AnomalyIndex([
        Samples.finding(Samples.hostile, .unexpectedTag), Samples.finding(Samples.disk, .vmidRange),
        Samples.finding(Samples.hostile, .strayTag),
    ])

    @Test("an object has its anomalies in the order of the findings")
    func lookup() {
        #expect(Self.index[Samples.hostile].map(\.reason) == [.unexpectedTag, .strayTag])
        #expect(Self.index[Samples.foreign].isEmpty)
        let hostile = Samples.hostile
        let volume = StorPoolObject(
            kind: .volume, name: hostile.name, globalID: hostile.globalID, size: hostile.size, tags: hostile.tags)
        #expect(Self.index[volume].isEmpty)
    }

    @Test("rows with worse anomalies come first")
    func order() {
        #expect(Self.index.worstFirst(Samples.rows).map(\.globalID).prefix(2) == ["nzkr.b.1a5", "nzkr.b.1a2"])
    }

    /// A healthy disk or image, or a foreign object with a stray tag.
    private static func object(
        _ kind: ObjectKind, name: String, globalID: String, isHealthy: Bool = false
    ) -> StorPoolObject {
        let tags = Tags(
            virt: "pve", cluster: "lab", storage: "sp", contentType: "images", vmid: kind == .volume ? "100" : nil,
            disk: kind == .volume ? "0" : nil)
        return StorPoolObject(
            kind: kind, name: name, globalID: globalID, size: 1, tags: isHealthy ? tags : Tags(storage: "sp"))
    }

    @Test(
        "an object gets no anomalies of an object with a similar id",
        arguments: [
            // After a revert, the id in the volume's name can be the global id of another volume.
            (
                object(.volume, name: "~a.b.1", globalID: "a.b.9", isHealthy: true),
                object(.volume, name: "db", globalID: "a.b.1")
            ),
            (
                object(.volume, name: "~a.b.1", globalID: "a.b.1", isHealthy: true),
                object(.snapshot, name: "~a.b.1", globalID: "a.b.1")
            ),
            (
                object(.snapshot, name: "x", globalID: "\u{E9}", isHealthy: true),
                object(.snapshot, name: "x", globalID: "e\u{301}")
            ),
        ])
    func own(healthy: StorPoolObject, anomalous: StorPoolObject) {
        let finding = Samples.finding(anomalous, .invisible)
        let index = AnomalyIndex([finding])
        #expect(index[healthy] == [])
        #expect(index[anomalous] == [finding.anomaly])
    }

    @Test("a finding applies to both objects with the same id")
    func shared() {
        let tags = Tags(
            virt: "pve", cluster: "lab", storage: "sp", contentType: "images", vmid: "100", disk: "0", base: "1")
        let objects = [("~a.b.1", "a.b.9"), ("db", "a.b.1")].map { name, id in
            StorPoolObject(kind: .volume, name: name, globalID: id, size: 1, tags: tags)
        }
        for known in objects {
            let index = AnomalyIndex([Samples.finding(known, .wrongKind)])
            #expect(objects.map { index[$0].map(\.reason) } == [[.wrongKind], [.wrongKind]])
        }
    }
}
