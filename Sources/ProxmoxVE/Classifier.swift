package import StorPool
import Text

/// The type of one object, and its anomalies that do not need a comparison with other objects.
package struct Classification: Equatable, Sendable {
    /// nil if the object is foreign.
    package var objectType: ObjectType?
    /// Each reason at most once.
    package var anomalies: [Anomaly]
}

/// Applies the rules of StorPool's plugin and of the documented tag format to one object.
package enum Classifier {
    /// nil if the object is foreign, that is, not tagged `virt=pve`.
    package static func objectType(of object: StorPoolObject) -> ObjectType? {
        guard object.tags.virt == "pve" else { return nil }
        guard let type = ObjectType.requested(by: object.tags), type.accepts(object) else { return .invalid }
        return type
    }

    /// For a snapshot being deleted, finds only errors. Even such a snapshot can break a listing, because the plugin
    /// lists it.
    package static func classify(_ object: StorPoolObject) -> Classification {
        guard object.tags.virt == "pve" else {
            let anomalies = object.isGoing ? [] : foreignAnomalies(object.tags)
            return Classification(objectType: nil, anomalies: anomalies)
        }
        let requested = ObjectType.requested(by: object.tags)
        let accepted = requested.flatMap { $0.accepts(object) ? $0 : nil }
        var anomalies: [Anomaly] = []
        if !isListed(object.tags) {
            if !object.isGoing { anomalies.append(invisible(object, requested, accepted)) }
        } else if accepted == nil {
            anomalies += errors(object, requested)
        }
        if !object.isGoing {
            if let accepted {
                if !VolumeName.isDecodable(object, accepted) { anomalies.append(undecodable(object, accepted)) }
                if let anomaly = scheduledDeletion(object, accepted) { anomalies.append(anomaly) }
                if let anomaly = unfindableCloudinit(object, accepted) { anomalies.append(anomaly) }
            }
            addNotices(object.tags, requested, to: &anomalies)
        }
        return Classification(objectType: accepted ?? .invalid, anomalies: anomalies)
    }
}

// MARK: Not listed by Proxmox VE

extension Classifier {
    /// Whether Proxmox VE includes the object when it lists the storage. This is true for `backup`: the storage allows
    /// this content type, although the plugin refuses it.
    private static func isListed(_ tags: Tags) -> Bool {
        tags.cluster.isPresent && tags.storage.isPresent && isListable(tags.contentType)
    }

    private static func isListable(_ contentType: String?) -> Bool {
        contentType == "images" || contentType == "iso" || contentType == "rootdir" || contentType == "backup"
    }

    private static func foreignAnomalies(_ tags: Tags) -> [Anomaly] {
        let proxmoxTags: [(name: String, value: String?)] = [
            ("pve", tags.storage), ("pve-loc", tags.cluster), ("pve-type", tags.contentType), ("pve-vm", tags.vmid),
            ("pve-disk", tags.disk), ("pve-base", tags.base), ("pve-snap", tags.snapshot), ("pve-snap-v", tags.parent),
        ]
        let present = proxmoxTags.present
        guard !present.isEmpty else { return [] }
        let shown = present.map(Anomaly.shown).joined(separator: ", ")
        let virt = tags.virt.isAbsent ? "virt is missing or empty" : Anomaly.shown(("virt", tags.virt ?? ""))
        return [Anomaly(reason: .invisible, detail: "\(shown), but \(virt) instead of \"pve\"")]
    }

    /// The anomaly of an object that is not listed and so cannot break a listing. The detail also says why the plugin
    /// would refuse the object, because this becomes an error when the missing tags are set.
    private static func invisible(
        _ object: StorPoolObject, _ requested: ObjectType?, _ accepted: ObjectType?
    ) -> Anomaly {
        let tags = object.tags
        let needed = [("pve-loc", tags.cluster), ("pve", tags.storage), ("pve-type", tags.contentType)]
        let missing = needed.filter { $0.1.isAbsent }.map(\.0)
        var parts: [String] = []
        if !missing.isEmpty {
            parts.append("\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing or empty")
        }
        if let type = tags.contentType, !type.isEmpty, !isListable(type) {
            parts.append("\(Anomaly.shown(("pve-type", type))), which Proxmox VE does not list")
        }
        if requested != nil, accepted == nil {
            let refusals = errors(object, requested).map(\.detail).joined(separator: "; ")
            parts.append("the plugin would also refuse the object: \(refusals)")
        }
        return Anomaly(reason: .invisible, detail: parts.joined(separator: "; "))
    }
}

// MARK: Refused by the plugin

extension Classifier {
    private static func errors(_ object: StorPoolObject, _ requested: ObjectType?) -> [Anomaly] {
        var found: [Anomaly] = []
        func add(_ reason: AnomalyReason, _ detail: String) { found.append(Anomaly(reason: reason, detail: detail)) }
        if object.kind == .volume, !object.isUnnamed {
            add(.namedVolume, "the volume is named \(Anomaly.quoted(object.name)) instead of ~ and its global id")
        }
        guard let type = requested else {
            add(.contentType, "\(Anomaly.shown(("pve-type", object.tags.contentType ?? ""))), which the plugin refuses")
            return found
        }
        // Without `pve-disk`, `pve-snap` may mean a disk snapshot or a VM state, so the right kind is unknown.
        if object.kind != type.kind, type != .snapshot || object.tags.disk.isPresent {
            add(
                .wrongKind,
                "\(type.noun) (\(evidence(type, object.tags))) must be a \(type.kind.text), but this is a"
                    + " \(object.kind.text)")
        }
        let unexpected = type.unexpectedTags(object.tags).map { "\($0.name) \(Anomaly.quoted($0.value))" }
        if !unexpected.isEmpty {
            add(.unexpectedTag, "\(type.noun) must not have \(unexpected.joined(separator: ", "))")
        }
        let missing = type.missingTags(object.tags)
        if !missing.isEmpty {
            let verb = missing.count == 1 ? "is" : "are"
            add(.missingTag, "\(type.noun) needs \(missing.joined(separator: " and ")), which \(verb) missing or empty")
        }
        return found
    }

    /// The tags by which the plugin recognizes the type.
    private static func evidence(_ type: ObjectType, _ tags: Tags) -> String {
        func tag(_ name: String, _ value: String?) -> String { value.map { Anomaly.shown((name, $0)) } ?? "no \(name)" }
        switch type {
        case .iso, .invalid: return tag("pve-type", tags.contentType)
        case .image: return "\(tag("pve-type", tags.contentType)), no pve-vm"
        case .base: return tag("pve-base", tags.base)
        case .vmstate: return "\(tag("pve-snap", tags.snapshot)), \(tag("pve-disk", tags.disk))"
        case .snapshot: return tag("pve-snap", tags.snapshot)
        case .cloudinit, .disk: return "\(tag("pve-disk", tags.disk)), no pve-snap"
        }
    }
}

// MARK: Warnings

extension Classifier {
    private static func undecodable(_ object: StorPoolObject, _ type: ObjectType) -> Anomaly {
        let name = VolumeName.encode(object) ?? ""
        let mismatches = NamePart.allCases.filter { !$0.fits(object, type) }.map { Anomaly.shown($0.source(object)) }
        var detail = "\(mismatches.joined(separator: ", ")), so its name \(Anomaly.quoted(name)) cannot be decoded"
        do { _ = try VolumeName.decode(name) } catch { detail += ": \(error)" }
        return Anomaly(reason: .undecodableName, detail: detail)
    }

    private static func scheduledDeletion(_ object: StorPoolObject, _ type: ObjectType) -> Anomaly? {
        guard type.kind == .snapshot, let date = object.deletionDate, !object.tags.hasVolumeCarePolicy else {
            return nil
        }
        return Anomaly(
            reason: .scheduledDeletion,
            detail: "targetDeleteDate is \(date): StorPool will delete the snapshot on"
                + " \(UTCDate(unixSeconds: date).text)")
    }

    private static func unfindableCloudinit(_ object: StorPoolObject, _ type: ObjectType) -> Anomaly? {
        guard type == .cloudinit else { return nil }
        var causes: [String] = []
        if object.created == nil { causes.append("creationTimestamp is missing or 0") }
        if object.tags.contentType == "rootdir" { causes.append("pve-type is \"rootdir\" instead of \"images\"") }
        guard !causes.isEmpty else { return nil }
        return Anomaly(
            reason: .unfindableCloudinit,
            detail: "\(causes.joined(separator: " and ")), so the plugin cannot find this cloud-init volume")
    }
}

// MARK: Notices

extension Classifier {
    /// Proxmox VE assigns VM ids from 100 to 999999999.
    private static let lowestVMID = 100
    private static let maximumVMIDDigits = 9

    private static func addNotices(_ tags: Tags, _ type: ObjectType?, to anomalies: inout [Anomaly]) {
        if let vmid = tags.vmid, isOutOfRange(vmid) {
            anomalies.append(
                Anomaly(
                    reason: .vmidRange,
                    detail: "pve-vm is \(Anomaly.quoted(vmid)), but VM ids are from 100 to 999999999"))
        }
        if let stray = strayTag(tags, type) { anomalies.append(Anomaly(reason: .strayTag, detail: stray)) }
        if let base = tags.base, !base.isEmpty, base != "0", base != "1" {
            anomalies.append(
                Anomaly(reason: .oddBoolean, detail: "pve-base is \(Anomaly.quoted(base)) instead of \"0\" or \"1\""))
        }
    }

    /// Whether the VM id is a number, of any length, outside the range that Proxmox VE assigns.
    private static func isOutOfRange(_ vmid: String) -> Bool {
        guard !vmid.isEmpty, vmid.utf8.allSatisfy(\.isDigit) else { return false }
        let digits = vmid.utf8.drop { $0 == UInt8(ascii: "0") }
        return digits.count > maximumVMIDDigits || digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } < lowestVMID
    }

    private static func strayTag(_ tags: Tags, _ type: ObjectType?) -> String? {
        switch type {
        case .iso where tags.disk.isPresent, .image where tags.disk.isPresent:
            "\(Anomaly.shown(("pve-disk", tags.disk ?? ""))), which \(type?.noun ?? "") does not use"
        case .disk where tags.parent.isPresent, .cloudinit where tags.parent.isPresent:
            "\(Anomaly.shown(("pve-snap-v", tags.parent ?? ""))), which has no effect without pve-snap"
        default: nil
        }
    }
}

extension ObjectType {
    /// The name of the type in details.
    fileprivate var noun: String {
        switch self {
        case .iso: "an ISO image"
        case .image: "an image without a VM"
        case .base: "a disk of a template"
        case .vmstate: "a VM state"
        case .snapshot: "a disk snapshot"
        case .cloudinit: "a cloud-init drive"
        case .disk: "a disk"
        case .invalid: "an invalid object"
        }
    }
}
