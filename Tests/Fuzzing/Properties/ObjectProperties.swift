import ProxmoxVE
import StorPool
import TestSupport

func checkReply(_ bytes: [UInt8]) {
    for kind in ObjectKind.allCases {
        let whole = Listing([bytes], ObjectListReader(of: kind))
        for pieces in arrivals(bytes) {
            precondition(Listing(pieces, ObjectListReader(of: kind)) == whole, "cut up, it is read differently")
        }
        if let summary = whole.summary { precondition(summary.count == whole.elements.count, "counted wrongly") }
        for object in whole.elements { check(object) }
    }
    let templates = Listing([bytes], TemplateListReader())
    for pieces in arrivals(bytes) {
        precondition(Listing(pieces, TemplateListReader()) == templates, "cut up, it is read differently")
    }
}

/// The lines are: the list, its name, its global id, the tags in the order of `Tags`, the creation time, the date of
/// deletion, and `vc-policy`. An empty line is no tag, and one of a single quote is an empty one.
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

/// What holds of the classification of any object.
private func check(_ object: StorPoolObject) {
    let classification = Classifier.classify(object)
    let reasons = classification.anomalies.map(\.reason)
    precondition(classification.objectType == Classifier.objectType(of: object), "two types")
    precondition(classification.isForeign == (object.tags.virt != "pve"), "foreign or not?")
    precondition(Set(reasons).count == reasons.count, "one reason twice")
    let hasError = classification.anomalies.contains { $0.reason.severity == .error }
    precondition(!(hasError && reasons.contains(.invisible)), "what no listing looks at breaks none")
    precondition(!hasError || classification.objectType == .invalid || object.isGoing, "an error of a valid object")
    for anomaly in classification.anomalies {
        precondition(!anomaly.detail.isEmpty && anomaly.detail.utf8.count < 1 << 14, "a detail without bounds")
        precondition(!anomaly.detail.utf8.contains { $0 < 0x20 }, "a detail of several lines")
    }
    guard let name = VolumeName.encode(object) else {
        return precondition(classification.objectType == .invalid || classification.isForeign, "a type without a name")
    }
    precondition(classification.isForeign || classification.objectType != .invalid, "a name without a type")
    let isUndecodable = (try? VolumeName.decode(name)) == nil
    if !object.isGoing, !classification.isForeign, !reasons.contains(.invisible) {
        precondition(isUndecodable == reasons.contains(.undecodableName), "decodable or not?")
    }
}

func checkName(_ bytes: [UInt8]) {
    let name = String(decoding: bytes, as: UTF8.self)
    do throws(DecodingError) {
        let decoded = try VolumeName.decode(name)
        let encoded = VolumeName.encode(object(decoded))
        // Perl's `$` matches before a line feed at the end; the name of a cloud-init drive has an id only in old setups.
        var expected = Array(name.utf8)
        if expected.last == 0x0A { expected.removeLast() }
        if decoded.type == .cloudinit { expected = Array("vm-\(decoded.vmid ?? "")-cloudinit.raw".utf8) }
        precondition(encoded.map { Array($0.utf8) } == expected, "what it says encodes to another name")
    } catch {
        precondition((1...name.utf8.count + 1).contains(error.column), "refused outside of it")
    }
}

/// An object of what a name says, as the plugin would find it.
private func object(_ decoded: DecodedName) -> StorPoolObject {
    let id = decoded.globalID ?? "x.y.z"
    return StorPoolObject(
        kind: decoded.type.kind, name: "~" + id, globalID: id, size: 1,
        tags: Tags(
            virt: "pve", contentType: decoded.type == .iso ? "iso" : "images", vmid: decoded.vmid, disk: decoded.disk,
            base: decoded.type == .base ? "1" : nil, snapshot: decoded.snapshot, parent: decoded.parent,
            comment: decoded.comment))
}
