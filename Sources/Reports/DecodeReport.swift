import JSONStream
import ProxmoxVE
import StorPool
import Text

/// The output of `decode` for one name.
package struct DecodeReport: Sendable {
    private let name: String
    private let result: Result<DecodedName, NameDecodingError>

    /// In the output, U+FFFD replaces bytes of the name that are not UTF-8.
    package init(_ name: [UInt8]) {
        self.name = String(decoding: name, as: UTF8.self)
        do throws(NameDecodingError) { result = .success(try VolumeName.decode(name)) } catch {
            result = .failure(error)
        }
    }

    package var isDecoded: Bool { (try? result.get()) != nil }

    /// One JSON object on one line.
    package var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", name)
            switch result {
            case .success(let decoded):
                writer.member("object_type", decoded.type.text)
                writer.member("kind", decoded.type.kind.text)
                writer.member("vmid", decoded.vmid)
                writer.member("disk", decoded.disk)
                writer.member("snapshot", decoded.snapshot)
                writer.member("parent", decoded.parent)
                writer.member("comment", decoded.comment)
                writer.member("global_id", decoded.globalID)
            case .failure(let error):
                writer.member("error", error.reason)
                writer.member("column", UInt64(clamping: error.column))
            }
        }
        return writer.text + "\n"
    }

    /// The name on the first line, then one line for each part, or lines with the error and a hint.
    package var text: String {
        var parts: [(label: String, value: String?)] = []
        switch result {
        case .success(let decoded):
            parts = [
                ("type", "\(decoded.type.text), a \(decoded.type.kind.text)"), ("VM", decoded.vmid),
                ("disk", decoded.disk),
                ("VM snapshot", decoded.snapshot), ("parent volume", decoded.parent),
                ("comment", decoded.comment.map { $0.isEmpty ? "(empty)" : $0 }), ("global id", decoded.globalID),
            ]
        case .failure(let error):
            parts = [("error", error.description)]
            // Proxmox VE usually writes a name as `storage:name`.
            if name.contains(":") { parts.append(("hint", "remove the storage and the colon from the name")) }
        }
        return parts.reduce(into: name.printable() + "\n") { text, part in
            guard let value = part.value else { return }
            let padding = String(repeating: " ", count: max(1, 15 - part.label.utf8.count))
            text += "  \(part.label)\(padding)\(value.printable())\n"
        }
    }
}
