import Testing

@testable import Simulator

@Suite("Faults")
struct FaultTests {
    @Test("a fault specification has kind, call, count and duration")
    func isRead() throws {
        let fault = try Fault(specification: "truncate,call=VolumesList,count=3,seconds=2.5,at=100")
        #expect(fault.kind == .truncate)
        #expect(fault.call == "VolumesList")
        #expect(fault.repliesLeft == 3)
        #expect(fault.seconds == 2.5)
        #expect(fault.offset == 100)
        #expect(fault.applies(to: "VolumesList") && !fault.applies(to: "SnapshotsList"))
        #expect(try Fault(specification: "hang,call=*").applies(to: "ServicesList"))
    }

    @Test(
        "invalid fault specifications are refused",
        arguments: [
            "", "nonsense", "hang,", "hang,call", "hang,count=0", "hang,count=-1", "slow,rate=0", "status,status=99",
            "hang,seconds=nan", "hang,seconds=1e99", "hang,colour=red", "tags-null,share=1001", ",kind=hang,x",
        ])
    func isRefused(specification: String) {
        #expect(throws: ParameterError.self) { try Fault(specification: specification) }
    }

    @Test("every kind of fault has a unique name and a description")
    func wordsAreUnique() {
        let words = Fault.Kind.all.map(\.word)
        #expect(Set(words).count == words.count)
        for (word, kind, about) in Fault.Kind.all {
            #expect(Fault.Kind(word: word) == kind)
            #expect(!about.isEmpty)
        }
    }

    @Test("a fault ends after its number of replies")
    func countsDown() throws {
        var table = FaultTable()
        table.add(try Fault(specification: "transient,count=2,call=VolumesList"), at: 0)
        table.add(try Fault(specification: "hang"), at: 0)
        #expect(table.take(for: "ServicesList", at: 0)?.kind == .hang)
        #expect(table.take(for: "VolumesList", at: 0)?.kind == .transient)
        #expect(table.take(for: "VolumesList", at: 0)?.kind == .transient)
        #expect(table.take(for: "VolumesList", at: 0)?.kind == .hang)
    }

    @Test("a fault ends after its duration")
    func expires() throws {
        var table = FaultTable()
        table.add(try Fault(specification: "hang,seconds=10"), at: 100)
        #expect(table.take(for: "Volume", at: 109.9) != nil)
        #expect(table.take(for: "Volume", at: 110) == nil)
        #expect(table.active(at: 111).isEmpty)
    }

    @Test("a fault damages the requested share of elements", arguments: [0, 100, 500, 1_000])
    func shares(share: Int) {
        let damage = ElementDamage(kind: .tagsNull, share: share)
        let objects = (0..<2_000).map { number in
            SimulatedObject(
                serial: number, nameSerial: number, isSnapshot: false, role: .disk, template: 0, size: 512, stored: 0,
                used: 0, created: 0)
        }
        let affected = objects.filter(damage.affects).count
        #expect(abs(affected - 2 * share) <= 80)
        #expect(objects.filter(damage.affects).map(\.serial) == objects.filter(damage.affects).map(\.serial))
    }
}
