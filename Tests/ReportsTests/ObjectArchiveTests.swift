import StorPool
import Testing

@testable import Reports

@Suite("The archive of objects")
struct ObjectArchiveTests {
    private static let objects = [
        Samples.disk, Samples.going, Samples.foreign, Samples.hostile,
        StorPoolObject(
            kind: .snapshot, name: String(repeating: "ж", count: 5_000), globalID: "x", size: .max, created: .max,
            isTransient: true, deletionDate: .max,
            tags: Tags(
                virt: "", cluster: "c", storage: "s", contentType: "t", vmid: "v", disk: "d", base: "b", snapshot: "n",
                parent: "p", comment: "k", hasVolumeCarePolicy: true)),
        StorPoolObject(kind: .snapshot, name: "n", globalID: "h", size: 0, deletionDate: 1),
        StorPoolObject(kind: .volume, name: "n", globalID: "g", size: 0, created: 0),
    ]

    private static func contents(_ archive: ObjectArchive) -> [StorPoolObject] {
        var contents: [StorPoolObject] = []
        archive.forEach { contents.append($0) }
        return contents
    }

    @Test("gives back what it was given, whatever the size of its chunks", arguments: [1, 100, 300, 1 << 20])
    func roundTrip(chunkBytes: Int) {
        var archive = ObjectArchive(chunkBytes: chunkBytes)
        for object in Self.objects { archive.add(object) }
        #expect(archive.count == Self.objects.count)
        #expect(Self.contents(archive) == Self.objects)
    }
}
