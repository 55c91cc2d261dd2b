package import StorPool
import Text

/// What one object is, and what is wrong with it as far as it alone can tell.
package struct Classification: Equatable, Sendable {
    /// Its type; nil when foreign.
    package var objectType: ObjectType?
    /// Each reason at most once. Those that compare objects are not among them.
    package var anomalies: [Anomaly]

    /// Whether it is not of Proxmox VE.
    package var isForeign: Bool { objectType == nil }
}

/// Tells what an object is from its tags, as StorPool's plugin would, and what about them does not add up.
package enum Classifier {
    /// The type; nil when the object is foreign, that is, not tagged `virt=pve`.
    package static func objectType(of object: StorPoolObject) -> ObjectType? {
        guard object.tags.virt == "pve" else { return nil }
        guard let shape = Shape.asked(by: object.tags), shape.accepts(object) else { return .invalid }
        return shape.type
    }

    /// Type and anomalies. A snapshot that is being deleted has errors only, because the plugin's listing includes it.
    package static func classify(_ object: StorPoolObject) -> Classification {
        guard object.tags.virt == "pve" else {
            let anomalies = object.isGoing ? [] : foreignAnomalies(object.tags)
            return Classification(objectType: nil, anomalies: anomalies)
        }
        let shape = Shape.asked(by: object.tags)
        let accepted = shape.flatMap { $0.accepts(object) ? $0 : nil }
        var anomalies: [Anomaly] = []
        if !isListed(object.tags) {
            if !object.isGoing { anomalies.append(invisible(object, shape, accepted)) }
        } else if accepted == nil {
            anomalies += errors(object, shape)
        }
        if !object.isGoing {
            if let accepted, !VolumeName.isDecodable(object, accepted) {
                anomalies.append(undecodable(object, accepted))
            }
            addLosses(object, accepted, to: &anomalies)
            addNotices(object.tags, shape, to: &anomalies)
        }
        return Classification(objectType: accepted?.type ?? .invalid, anomalies: anomalies)
    }
}

// MARK: Listed nowhere

extension Classifier {
    /// Whether a listing of Proxmox VE may ask for it, `backup` included, which a storage may hold and the plugin then
    /// refuses.
    private static func isListed(_ tags: Tags) -> Bool {
        tags.cluster.isPresent && tags.storage.isPresent && isAskedFor(tags.contentType)
    }

    private static func isAskedFor(_ type: String?) -> Bool {
        type == "images" || type == "iso" || type == "rootdir" || type == "backup"
    }

    private static func foreignAnomalies(_ tags: Tags) -> [Anomaly] {
        // Most foreign objects carry none of them.
        let isMarked =
            tags.storage.isPresent || tags.cluster.isPresent || tags.contentType.isPresent || tags.vmid.isPresent
            || tags.disk.isPresent || tags.base.isPresent || tags.snapshot.isPresent || tags.parent.isPresent
        guard isMarked else { return [] }
        let tagged: [(name: String, value: String?)] = [
            ("pve", tags.storage), ("pve-loc", tags.cluster), ("pve-type", tags.contentType), ("pve-vm", tags.vmid),
            ("pve-disk", tags.disk), ("pve-base", tags.base), ("pve-snap", tags.snapshot), ("pve-snap-v", tags.parent),
        ]
        let carried = tagged.filter { $0.value.isPresent }.map { "\($0.name) is \(Anomaly.quoted($0.value ?? ""))" }
        let virt = tags.virt.isAbsent ? "virt is missing or empty" : "virt is \(Anomaly.quoted(tags.virt ?? ""))"
        let detail = "\(carried.joined(separator: ", ")), but \(virt) instead of \"pve\""
        return [Anomaly(reason: .invisible, detail: detail)]
    }

    /// No listing looks at the object, so it breaks none, and what the plugin would refuse about it is no error. It
    /// would be one as soon as somebody completes the tags: the detail says so.
    private static func invisible(_ object: StorPoolObject, _ shape: Shape?, _ accepted: Shape?) -> Anomaly {
        let tags = object.tags
        let needed = [("pve-loc", tags.cluster), ("pve", tags.storage), ("pve-type", tags.contentType)]
        let missing = needed.filter { $0.1.isAbsent }.map(\.0)
        var parts: [String] = []
        if !missing.isEmpty {
            parts.append("\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing or empty")
        }
        if let type = tags.contentType, !type.isEmpty, !isAskedFor(type) {
            parts.append("pve-type is \(Anomaly.quoted(type)), which no listing asks for")
        }
        if shape != nil, accepted == nil {
            let refusals = errors(object, shape).map(\.detail).joined(separator: "; ")
            parts.append("the plugin would refuse it besides: \(refusals)")
        }
        return Anomaly(reason: .invisible, detail: parts.joined(separator: "; "))
    }
}

// MARK: Refused, or not decodable

extension Classifier {
    private static func errors(_ object: StorPoolObject, _ shape: Shape?) -> [Anomaly] {
        var found: [Anomaly] = []
        if object.kind == .volume, !object.isUnnamed {
            found.append(
                Anomaly(
                    reason: .namedVolume,
                    detail: "the volume is named \(Anomaly.quoted(object.name)) instead of ~ and its global id"))
        }
        guard let shape else {
            let type = Anomaly.quoted(object.tags.contentType ?? "")
            found.append(Anomaly(reason: .contentType, detail: "pve-type is \(type), which the plugin refuses"))
            return found
        }
        if let wrong = wrongKind(object, shape) { found.append(wrong) }
        let unexpected = shape.unexpected(object.tags)
        if !unexpected.isEmpty {
            let list = unexpected.map { "\($0.name) \(Anomaly.quoted($0.value))" }.joined(separator: ", ")
            found.append(Anomaly(reason: .unexpectedTag, detail: "\(shape.noun) must not have \(list)"))
        }
        let missing = shape.missing(object.tags)
        if !missing.isEmpty {
            found.append(
                Anomaly(
                    reason: .missingTag,
                    detail: "\(shape.noun) needs \(missing.joined(separator: " and ")), which is missing or empty"))
        }
        return found
    }

    private static func wrongKind(_ object: StorPoolObject, _ shape: Shape) -> Anomaly? {
        guard object.kind != shape.kind else { return nil }
        // Without `pve-disk`, `pve-snap` may mean a disk snapshot or a VM state: which kind is right cannot be told.
        if shape == .snapshot, object.tags.disk.isAbsent { return nil }
        return Anomaly(
            reason: .wrongKind,
            detail: "\(shape.noun) (\(evidence(shape, object.tags))) must be a \(shape.kind.text), and this is a"
                + " \(object.kind.text)")
    }

    /// The tags that make the object what it should be.
    private static func evidence(_ shape: Shape, _ tags: Tags) -> String {
        func tag(_ name: String, _ value: String?) -> String {
            value.map { "\(name) is \(Anomaly.quoted($0))" } ?? "no \(name)"
        }
        switch shape {
        case .iso: return tag("pve-type", tags.contentType)
        case .image: return "\(tag("pve-type", tags.contentType)), no pve-vm"
        case .base: return tag("pve-base", tags.base)
        case .vmstate: return "\(tag("pve-snap", tags.snapshot)), \(tag("pve-disk", tags.disk))"
        case .snapshot: return tag("pve-snap", tags.snapshot)
        case .cloudinit, .disk: return "\(tag("pve-disk", tags.disk)), no pve-snap"
        }
    }

    private static func undecodable(_ object: StorPoolObject, _ shape: Shape) -> Anomaly {
        let name = VolumeName.encode(object) ?? ""
        let misfits = NamePart.misfits(object, shape).map { "\($0.name) is \(Anomaly.quoted($0.value))" }
        var detail = "\(misfits.joined(separator: ", ")), so its name \(Anomaly.quoted(name)) cannot be decoded"
        do { _ = try VolumeName.decode(name) } catch { detail += ": \(error)" }
        return Anomaly(reason: .undecodableName, detail: detail)
    }
}

// MARK: Deleted, or not found

extension Classifier {
    private static func addLosses(_ object: StorPoolObject, _ accepted: Shape?, to anomalies: inout [Anomaly]) {
        switch accepted {
        case .base, .image, .iso, .snapshot:
            guard let date = object.deletionDate, !object.tags.hasVolumeCarePolicy else { return }
            anomalies.append(
                Anomaly(
                    reason: .scheduledDeletion,
                    detail: "targetDeleteDate is \(date): StorPool will delete the snapshot on"
                        + " \(UTCDate(unixSeconds: date).text), and it has no vc-policy"))
        case .cloudinit:
            var causes: [String] = []
            if object.created == nil { causes.append("creationTimestamp is missing or 0") }
            if object.tags.contentType == "rootdir" {
                causes.append("pve-type is \"rootdir\" instead of \"images\"")
            }
            guard !causes.isEmpty else { return }
            anomalies.append(
                Anomaly(
                    reason: .unfindableCloudinit,
                    detail: "\(causes.joined(separator: " and ")), so the plugin never picks this cloud-init volume"))
        case .disk, .vmstate, nil: break
        }
    }
}

// MARK: Departures from the documented format

extension Classifier {
    private static let lowestVMID = 100
    /// The highest id that Proxmox VE gives out has nine digits.
    private static let vmidDigits = 9

    private static func addNotices(_ tags: Tags, _ shape: Shape?, to anomalies: inout [Anomaly]) {
        if let vmid = tags.vmid, isOutOfRange(vmid) {
            anomalies.append(
                Anomaly(
                    reason: .vmidRange,
                    detail: "pve-vm is \(Anomaly.quoted(vmid)), and VM ids are from 100 to 999999999"))
        }
        if let stray = strayTag(tags, shape) { anomalies.append(stray) }
        if let base = tags.base, !base.isEmpty, base != "0", base != "1" {
            anomalies.append(
                Anomaly(reason: .oddBoolean, detail: "pve-base is \(Anomaly.quoted(base)) instead of \"0\" or \"1\""))
        }
    }

    /// A number, of whatever length, that Proxmox VE does not give out.
    private static func isOutOfRange(_ vmid: String) -> Bool {
        // Most are told by their length alone.
        if NamePart.isVM(vmid), 3...vmidDigits ~= vmid.utf8.count { return false }
        guard NamePart.isDigits(vmid) else { return false }
        let digits = vmid.utf8.drop { $0 == UInt8(ascii: "0") }
        if digits.count > vmidDigits { return true }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } < lowestVMID
    }

    private static func strayTag(_ tags: Tags, _ shape: Shape?) -> Anomaly? {
        switch shape {
        case .iso where tags.disk.isPresent, .image where tags.disk.isPresent:
            Anomaly(
                reason: .strayTag,
                detail: "pve-disk is \(Anomaly.quoted(tags.disk ?? "")), which \(shape?.noun ?? "") does not use")
        case .disk where tags.parent.isPresent, .cloudinit where tags.parent.isPresent:
            Anomaly(
                reason: .strayTag,
                detail: "pve-snap-v is \(Anomaly.quoted(tags.parent ?? "")), which means nothing without pve-snap")
        default: nil
        }
    }
}
