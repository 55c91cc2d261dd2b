import Inventory
import ProxmoxNaming
import StorPoolObjects
import Testing

@testable import Reports

@Suite("Anomalies by object")
struct AnomalyIndexTests {
    private static let index = AnomalyIndex([
        Samples.finding(Samples.hostile, .unexpectedTag), Samples.finding(Samples.disk, .vmidRange),
        Samples.finding(Samples.hostile, .strayTag),
    ])

    @Test("an object has its own in the order they came, and those of no other kind")
    func lookup() {
        #expect(Self.index[Samples.hostile].map(\.reason) == [.unexpectedTag, .strayTag])
        #expect(Self.index[Samples.foreign].isEmpty)
        let hostile = Samples.hostile
        let volume = StorPoolObject(
            kind: .volume, name: hostile.name, globalID: hostile.globalID, size: hostile.size, tags: hostile.tags)
        #expect(Self.index[volume].isEmpty)
    }

    @Test("rows come in the order of their worst")
    func order() {
        #expect(Self.index.worstFirst(Samples.rows).map(\.globalID).prefix(2) == ["nzkr.b.1a5", "nzkr.b.1a2"])
    }

    private static func object(_ kind: ObjectKind, name: String, globalID: String) -> StorPoolObject {
        StorPoolObject(kind: kind, name: name, globalID: globalID, size: 1, tags: Tags(virt: "pve"))
    }

    @Test(
        "an object has its own anomalies alone, whoever else goes by its id",
        arguments: [
            // Reverted: its id is that of its name, and the id it had before may be another's.
            (object(.volume, name: "~a.b.1", globalID: "a.b.9"), object(.volume, name: "db", globalID: "a.b.1")),
            (object(.volume, name: "~a.b.1", globalID: "a.b.1"), object(.snapshot, name: "~a.b.1", globalID: "a.b.1")),
            (object(.snapshot, name: "x", globalID: "\u{E9}"), object(.snapshot, name: "x", globalID: "e\u{301}")),
        ])
    func own(healthy: StorPoolObject, anomalous: StorPoolObject) {
        let finding = Samples.finding(anomalous, .invisible)
        let index = AnomalyIndex([finding])
        #expect(index[healthy] == [])
        #expect(index[anomalous] == [finding.anomaly])
        let rows = [healthy, anomalous].map { Row($0, isOfInterest: true, anomalies: index[$0]) }
        #expect(index.worstFirst(rows).map(\.storPoolName) == [anomalous.name, healthy.name])
    }
}
