import Foundation
import JSONStream
import ProxmoxVE
import StorPool
import Testing

/// An object and the answer of StorPool's real plugin.
struct Verdict: Decodable, Sendable, CustomTestStringConvertible {
    struct Object: Decodable {
        let snapshot: Bool
        let name: String
        let globalId: String
        let tags: [String: String]
    }

    let object: Object
    let ok: String?
    let err: String?
    let roundtrip: String?
    let back: [String: String]?

    var testDescription: String { ok ?? "\(object.name): \(err ?? "")" }

    var storPoolObject: StorPoolObject {
        let tags = object.tags
        return StorPoolObject(
            kind: object.snapshot ? .snapshot : .volume, name: object.name, globalID: object.globalId, size: 512,
            tags: Tags(
                virt: tags["virt"], cluster: tags["pve-loc"], storage: tags["pve"], contentType: tags["pve-type"],
                vmid: tags["pve-vm"], disk: tags["pve-disk"], base: tags["pve-base"], snapshot: tags["pve-snap"],
                parent: tags["pve-snap-v"], comment: tags["pve-comment"]))
    }

    static let all: [Verdict] = {
        guard let url = Bundle.module.url(forResource: "plugin-verdicts", withExtension: "jsonl"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(Verdict.self, from: Data(line.utf8))
        }
    }()
}

@Suite("Verdicts of the real plugin")
struct PluginVerdictTests {
    @Test("the file has 2,000 verdicts")
    func count() {
        #expect(Verdict.all.count == 2_000)
    }

    @Test("an object encodes to the same name as in the plugin")
    func names() {
        for verdict in Verdict.all {
            #expect(VolumeName.encode(verdict.storPoolObject) == verdict.ok, "\(verdict.testDescription)")
        }
    }

    @Test("an object is invalid exactly if the plugin refuses it")
    func errors() {
        for verdict in Verdict.all {
            let classification = Classifier.classify(verdict.storPoolObject)
            let hasError = classification.anomalies.contains { $0.reason.severity == .error }
            #expect(hasError == (verdict.err != nil), "\(verdict.testDescription)")
            #expect((classification.objectType == .invalid) == (verdict.err != nil), "\(verdict.testDescription)")
        }
    }

    @Test("undecodable-name agrees with the decoder of the plugin")
    func undecodable() {
        for verdict in Verdict.all {
            let reasons = Classifier.classify(verdict.storPoolObject).anomalies.map(\.reason)
            #expect(
                reasons.contains(.undecodableName) == (verdict.roundtrip == "undecodable"), "\(verdict.testDescription)"
            )
        }
    }

    @Test("a name decodes to the same parts as in the plugin")
    func decoded() throws {
        for verdict in Verdict.all {
            guard let name = verdict.ok, let back = verdict.back else { continue }
            let decoded = try VolumeName.decode(name)
            var tags: [String: String] = ["pve-type": decoded.type == .iso ? "iso" : "images"]
            tags["pve-vm"] = decoded.vmid
            tags["pve-disk"] = decoded.disk
            tags["pve-snap"] = decoded.snapshot
            tags["pve-snap-v"] = decoded.parent
            // The verdicts omit empty values.
            tags["pve-comment"] = decoded.comment?.isEmpty == true ? nil : decoded.comment
            if decoded.type == .base { tags["pve-base"] = back["pve-base"] }
            #expect(tags == back, "\(name)")
            if decoded.type == .base { #expect(back["pve-base"] != nil, "\(name)") }
        }
    }
}
