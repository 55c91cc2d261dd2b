import ProxmoxVE
import StorPool
import TestSupport
import Testing

/// Tag values, and whether they are true in Perl.
private let perlTruth: [(String?, Bool)] = [
    ("1", true), ("00", true), ("false", true), ("no", true), ("0.0", true), (" ", true), ("0", false), ("", false),
    (nil, false),
]

@Suite("Classification of objects")
struct ClassifierTests {
    @Test("kind and tags determine the type of an object")
    func types() {
        #expect(
            Sample.all.map { Classifier.objectType(of: $0) }
                == [.disk, .cloudinit, .vmstate, .base, .snapshot, .image, .iso])
        #expect(
            ObjectType.allCases.map(\.text)
                == ["disk", "cloudinit", "vmstate", "base", "snapshot", "image", "iso", "invalid"])
    }

    @Test("pve-base is true or false by Perl's rules", arguments: perlTruth)
    func base(_ value: String?, _ isTrue: Bool) {
        #expect(Classifier.objectType(of: Sample.base.with(\.base, value)) == (isTrue ? .base : .invalid))
        #expect(Classifier.objectType(of: Sample.disk.with(\.base, value)) == (isTrue ? .invalid : .disk))
    }

    @Test("pve-snap is true or false by Perl's rules", arguments: perlTruth)
    func snapshot(_ value: String?, _ isTrue: Bool) {
        #expect(Classifier.objectType(of: Sample.snapshot.with(\.snapshot, value)) == (isTrue ? .snapshot : .invalid))
        let state = Sample.vmState.with(\.snapshot, value)
        #expect(Classifier.objectType(of: state) == (isTrue ? .vmstate : .disk))
    }

    @Test("a tag pve-vm with an empty value counts as present")
    func emptyVM() {
        #expect(Classifier.objectType(of: Sample.image.with(\.vmid, "")) == .invalid)
        #expect(Classifier.objectType(of: Sample.disk.with(\.vmid, "")) == .disk)
        #expect(Classifier.objectType(of: Sample.disk.with(\.vmid, nil)) == .invalid)
        #expect(Classifier.objectType(of: Sample.iso.with(\.vmid, "")) == .iso)
    }

    @Test("an object has an error exactly if the plugin refuses it", arguments: 4...6 as ClosedRange<UInt64>)
    func errorsAndRefusals(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<15_000 {
            var object = RandomObject.any(&random)
            object.isDeleted = Int.random(in: 0..<8, using: &random) == 0
            let name = VolumeName.encode(object)
            let classification = Classifier.classify(object)
            let reasons = classification.anomalies.map(\.reason)
            let hasError = reasons.contains { $0.severity == .error }
            #expect((classification.objectType == .invalid) == (name == nil), "\(object)")
            #expect(classification.objectType == Classifier.objectType(of: object))
            #expect(Set(reasons).count == reasons.count)
            switch object.tags.contentType {
            case "images", "rootdir", "iso": #expect(hasError == (name == nil), "\(object)")
            case "backup": #expect(hasError)
            default: #expect(reasons.contains(.invisible) == !object.isGoing && !hasError)
            }
            if object.isGoing { #expect(reasons.allSatisfy { $0.severity == .error }) }
        }
    }

    @Test("undecodable-name is reported exactly if decoding fails", arguments: 7...9 as ClosedRange<UInt64>)
    func decodability(seed: UInt64) {
        var random = Seeded(seed)
        var undecodable = 0
        for _ in 0..<15_000 {
            let object = RandomObject.any(&random)
            guard let name = VolumeName.encode(object), !object.isGoing else { continue }
            let isDecodable = (try? VolumeName.decode(name)) != nil
            let reasons = Classifier.classify(object).anomalies.map(\.reason)
            #expect(reasons.contains(.undecodableName) == !isDecodable, "\(object)")
            undecodable += isDecodable ? 0 : 1
        }
        #expect(undecodable > 500)
    }
}
