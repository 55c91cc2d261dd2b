import StorPool
import Testing

@testable import Reports

@Suite("Object archive")
struct ObjectArchiveTests {
    @Test("the archive returns its objects in order")
    func order() {
        let objects = [Samples.disk, Samples.beingDeleted, Samples.foreign, Samples.hostile]
        var archive = ObjectArchive()
        for object in objects { archive.add(object) }
        var contents: [StorPoolObject] = []
        archive.forEach { contents.append($0) }
        #expect(contents == objects)
        #expect(archive.count == objects.count)
    }

    @Test("the archive counts the memory of long strings")
    func memory() {
        var archive = ObjectArchive()
        archive.add(Samples.disk)
        let usual = archive.byteCount
        var long = Samples.disk
        long.tags.comment = String(repeating: "ж", count: 5_000)
        archive.add(long)
        #expect(archive.byteCount == 2 * usual + 10_000)
    }
}
