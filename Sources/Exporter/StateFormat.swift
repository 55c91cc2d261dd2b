package import Inventory
import JSONStream
import ProxmoxVE
import StorPool

/// The format of the state file: a JSON object with the known anomalies and their detection times.
package enum StateFormat {
    /// Identifies the file.
    static let format = "storpool-pve-exporter known anomalies"
    /// Must be incremented when older versions of the program cannot read the new format.
    static let version: UInt64 = 1

    package struct Damage: Error, CustomStringConvertible {
        package let description: String
    }

    static let beginning = "{\"format\":\"\(format)\",\"version\":\(version),\"known\":["
    static let end = "]}\n"

    static func text(of entry: KnownAnomaly) -> String {
        let subject = entry.finding.subject
        var json = JSONWriter()
        json.object { json in
            json.member("global_id", subject.globalID)
            json.member("name", subject.name)
            json.member("kind", subject.kind.text)
            json.member("object_type", subject.type?.text)
            json.member("volume_name", subject.volumeName)
            json.member("pve_cluster", subject.storageKey.cluster)
            json.member("storage", subject.storageKey.storage)
            json.member("vmid", subject.vmid)
            json.member("reason", entry.finding.anomaly.reason.text)
            json.member("detail", entry.finding.anomaly.detail)
            json.member("first_seen", entry.firstSeen)
        }
        return json.text
    }

    package static func text(of known: [KnownAnomaly]) -> String {
        beginning + known.map(text(of:)).joined(separator: ",") + end
    }

    package static func parse(_ bytes: [UInt8]) throws(Damage) -> [KnownAnomaly] {
        var parser = StateParser()
        do { return try parser.parse(bytes) } catch let error as JSONError {
            throw Damage(description: "\(error)")
        } catch let error as Damage {
            throw error
        } catch {
            throw Damage(description: "\(error)")
        }
    }
}

/// Parses a state file. Ignores entries with an unknown reason, and unknown members of an entry if their value is a
/// string or null. Other unexpected content is an error.
private struct StateParser {
    private var entries: [KnownAnomaly] = []

    mutating func parse(_ bytes: [UInt8]) throws -> [KnownAnomaly] {
        var json = JSONReader()
        let text = bytes.span
        try expect(.beginObject, &json, text)
        try expectMember("format", &json, text)
        guard try json.next(in: text.bytes) == .string, json.text(in: text.bytes) == StateFormat.format else {
            throw StateFormat.Damage(description: "it is not a state file of this program")
        }
        try expectMember("version", &json, text)
        guard try json.next(in: text.bytes) == .number, json.unsignedInteger == StateFormat.version else {
            throw StateFormat.Damage(description: "its version is not supported")
        }
        try expectMember("known", &json, text)
        try expect(.beginArray, &json, text)
        while try json.next(in: text.bytes) == .beginObject {
            if let entry = try entry(&json, text) { entries.append(entry) }
        }
        try expect(.endObject, &json, text)
        guard try json.next(in: text.bytes) == .needsMore, try json.finish() == nil else {
            throw damage(json)
        }
        return entries
    }

    private func entry(_ json: inout JSONReader, _ text: Span<UInt8>) throws -> KnownAnomaly? {
        var texts: [String: String] = [:]
        var firstSeen: UInt64?
        while true {
            let token = try json.next(in: text.bytes)
            if token == .endObject { break }
            guard token == .key else { throw damage(json) }
            let name = json.text(in: text.bytes)
            switch try json.next(in: text.bytes) {
            case .string: texts[name] = json.text(in: text.bytes)
            case .number where name == "first_seen": firstSeen = json.unsignedInteger
            case .null: break
            default: throw damage(json)
            }
        }
        if let reason = texts["reason"], !AnomalyReason.allCases.contains(where: { $0.text == reason }) { return nil }
        guard let known = Self.known(texts, firstSeen) else { throw damage(json) }
        return known
    }

    private static func known(_ texts: [String: String], _ firstSeen: UInt64?) -> KnownAnomaly? {
        guard let firstSeen, let id = texts["global_id"], let name = texts["name"],
            let kind = ObjectKind.allCases.first(where: { $0.text == texts["kind"] }),
            let reason = AnomalyReason.allCases.first(where: { $0.text == texts["reason"] }),
            let detail = texts["detail"]
        else { return nil }
        let type = ObjectType.allCases.first { $0.text == texts["object_type"] }
        let subject = Subject(
            globalID: id, name: name, kind: kind, type: type, volumeName: texts["volume_name"],
            storageKey: StorageKey(cluster: texts["pve_cluster"] ?? "", storage: texts["storage"] ?? ""),
            vmid: texts["vmid"] ?? "")
        return KnownAnomaly(
            finding: Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail)), firstSeen: firstSeen)
    }

    private func expect(_ token: JSONToken, _ json: inout JSONReader, _ text: Span<UInt8>) throws {
        guard try json.next(in: text.bytes) == token else { throw damage(json) }
    }

    private func expectMember(_ name: String, _ json: inout JSONReader, _ text: Span<UInt8>) throws {
        guard try json.next(in: text.bytes) == .key, json.text(in: text.bytes) == name else { throw damage(json) }
    }

    private func damage(_ json: borrowing JSONReader) -> StateFormat.Damage {
        StateFormat.Damage(description: "unexpected content at byte \(json.offset)")
    }
}
