import ProxmoxVE
import StorPool
import TestSupport

func checkReply(_ bytes: [UInt8]) {
    for kind in ObjectKind.allCases {
        let whole = Listing([bytes], ObjectListReader(of: kind))
        for pieces in cutUp(bytes) {
            precondition(Listing(pieces, ObjectListReader(of: kind)) == whole, "the result depends on the cuts")
        }
        if let summary = whole.summary {
            precondition(summary.count == whole.elements.count, "the summary has a wrong count")
        }
        for object in whole.elements { check(object) }
    }
    let templates = Listing([bytes], TemplateListReader())
    for pieces in cutUp(bytes) {
        precondition(Listing(pieces, TemplateListReader()) == templates, "the result depends on the cuts")
    }
}

/// Reads an object from lines and checks its classification.
///
/// The lines are: the kind, the name, the global id, the tags in the order of `Tags`, the creation time, the deletion
/// date, and `vc-policy`. An empty line means an absent tag. A line with a single quote means an empty tag.
func checkObject(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    func line(_ index: Int) -> String { index < lines.count ? lines[index] : "" }
    func tag(_ index: Int) -> String? { line(index) == "'" ? "" : line(index).isEmpty ? nil : line(index) }
    check(
        StorPoolObject(
            kind: line(0) == "snapshot" ? .snapshot : .volume, name: line(1), globalID: line(2), size: 512,
            created: UInt64(line(13)), deletionDate: UInt64(line(14)),
            tags: Tags(
                virt: tag(3), cluster: tag(4), storage: tag(5), contentType: tag(6), vmid: tag(7), disk: tag(8),
                base: tag(9), snapshot: tag(10), parent: tag(11), comment: tag(12),
                hasVolumeCarePolicy: !line(15).isEmpty)))
}

/// Traps if the classification of the object is inconsistent.
private func check(_ object: StorPoolObject) {
    let classification = Classifier.classify(object)
    let reasons = classification.anomalies.map(\.reason)
    precondition(classification.objectType == Classifier.objectType(of: object), "classify and objectType differ")
    precondition((classification.objectType == nil) == (object.tags.virt != "pve"), "the type does not match virt")
    precondition(Set(reasons).count == reasons.count, "duplicate reason")
    let hasError = classification.anomalies.contains { $0.reason.severity == .error }
    precondition(!(hasError && reasons.contains(.invisible)), "an invisible object has an error")
    precondition(!hasError || classification.objectType == .invalid || object.isGoing, "a valid object has an error")
    for anomaly in classification.anomalies {
        precondition(!anomaly.detail.isEmpty && anomaly.detail.utf8.count < 1 << 14, "the detail is empty or too long")
        precondition(!anomaly.detail.utf8.contains { $0 < 0x20 }, "the detail has control characters")
    }
    guard let name = VolumeName.encode(object) else {
        return precondition(
            classification.objectType == .invalid || classification.objectType == nil, "a type without a name")
    }
    precondition(classification.objectType == nil || classification.objectType != .invalid, "a name without a type")
    let isUndecodable = (try? VolumeName.decode(name)) == nil
    if !object.isGoing, classification.objectType != nil, !reasons.contains(.invisible) {
        precondition(isUndecodable == reasons.contains(.undecodableName), "undecodable-name does not match decode")
    }
}

func checkName(_ bytes: [UInt8]) {
    let name = String(decoding: bytes, as: UTF8.self)
    do throws(NameDecodingError) {
        let decoded = try VolumeName.decode(name)
        let encoded = VolumeName.encode(object(decoded))
        // Decoding ignores a line feed at the end, and encoding never writes the id of a cloud-init drive.
        var expected = Array(name.utf8)
        if expected.last == 0x0A { expected.removeLast() }
        if decoded.type == .cloudinit { expected = Array("vm-\(decoded.vmid ?? "")-cloudinit.raw".utf8) }
        precondition(encoded.map { Array($0.utf8) } == expected, "the decoded name encodes to another name")
    } catch {
        precondition((1...name.utf8.count + 1).contains(error.column), "the error column is outside the name")
    }
}

/// An object whose tags encode to the decoded name.
private func object(_ decoded: DecodedName) -> StorPoolObject {
    let id = decoded.globalID ?? "x.y.z"
    return StorPoolObject(
        kind: decoded.type.kind, name: "~" + id, globalID: id, size: 1,
        tags: Tags(
            virt: "pve", contentType: decoded.type == .iso ? "iso" : "images", vmid: decoded.vmid, disk: decoded.disk,
            base: decoded.type == .base ? "1" : nil, snapshot: decoded.snapshot, parent: decoded.parent,
            comment: decoded.comment))
}
