import ProxmoxVE
import StorPool
import Testing

/// An object, and what is wrong with it.
struct Finding: Sendable, CustomTestStringConvertible {
    let name: String
    let object: StorPoolObject
    let reasons: [AnomalyReason]
    /// What the detail of the first must say.
    let shows: [String]

    init(_ name: String, _ object: StorPoolObject, _ reasons: AnomalyReason..., shows: String...) {
        (self.name, self.object, self.reasons, self.shows) = (name, object, reasons, shows)
    }

    var testDescription: String { name }
}

/// Every anomaly of one object alone with examples, and with counter-examples, which have none.
extension Finding {
    static let errors: [Finding] = [
        Finding("a named volume", Sample.disk.named("db01"), .namedVolume, shows: "\"db01\""),
        Finding("a volume named by an id without ~", Sample.disk.named(Sample.id), .namedVolume),
        Finding("a named snapshot", Sample.base.named("golden")),
        Finding("a volume reverted to a snapshot", Sample.disk.named("~nzkr.b.old")),
        Finding("a disk that is a snapshot", Sample.disk.asOtherKind, .wrongKind, shows: "volume", "snapshot"),
        Finding("a cloud-init drive that is a snapshot", Sample.cloudInit.asOtherKind, .wrongKind),
        Finding("a VM state that is a snapshot", Sample.vmState.asOtherKind, .wrongKind, shows: "\"before\""),
        Finding("a base that is a volume", Sample.base.asOtherKind, .wrongKind, shows: "pve-base is \"1\""),
        Finding("a disk snapshot that is a volume", Sample.snapshot.asOtherKind, .wrongKind, shows: "pve-snap"),
        Finding("an image that is a volume", Sample.image.asOtherKind, .wrongKind),
        Finding("an ISO that is a volume", Sample.iso.asOtherKind, .wrongKind, shows: "\"iso\""),
        Finding("an ISO with a VM", Sample.iso.with(\.vmid, "104"), .unexpectedTag, shows: "pve-vm", "\"104\""),
        Finding("an ISO with a base of 0", Sample.iso.with(\.base, "0"), .unexpectedTag, shows: "pve-base", "\"0\""),
        Finding("an ISO with a snapshot", Sample.iso.with(\.snapshot, "x"), .unexpectedTag, shows: "pve-snap"),
        Finding("an ISO with a parent", Sample.iso.with(\.parent, "a.b.c"), .unexpectedTag, shows: "pve-snap-v"),
        Finding("an ISO with empty tags", Sample.iso.with(\.vmid, "").with(\.base, "").with(\.snapshot, "")),
        Finding("an image with a base of 0", Sample.image.with(\.base, "0"), .unexpectedTag, shows: "pve-base"),
        Finding("an image with a snapshot", Sample.image.with(\.snapshot, "0"), .unexpectedTag),
        Finding("an image with a parent", Sample.image.with(\.parent, "a.b.c"), .unexpectedTag),
        Finding("a base with a snapshot", Sample.base.with(\.snapshot, "x"), .unexpectedTag, shows: "pve-snap \"x\""),
        Finding("a base with a parent", Sample.base.with(\.parent, "a.b.c"), .unexpectedTag, shows: "pve-snap-v"),
        Finding("a VM state with a parent", Sample.vmState.with(\.parent, "a.b.c"), .unexpectedTag),
        Finding("a VM state with an empty parent", Sample.vmState.with(\.parent, "")),
        Finding("a disk without a disk", Sample.disk.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        Finding("a disk with an empty disk", Sample.disk.with(\.disk, ""), .missingTag, shows: "pve-disk"),
        Finding("a base without a disk", Sample.base.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        Finding("a snapshot without a disk", Sample.snapshot.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        Finding("a snapshot without a parent", Sample.snapshot.with(\.parent, ""), .missingTag, shows: "pve-snap-v"),
        Finding(
            "a snapshot without both", Sample.snapshot.with(\.parent, nil).with(\.disk, ""), .missingTag,
            shows: "pve-disk", "pve-snap-v"),
        Finding("a backup", Sample.disk.with(\.contentType, "backup"), .contentType, shows: "\"backup\""),
        Finding("a container's disk", Sample.disk.with(\.contentType, "rootdir")),
        Finding("a named backup", Sample.disk.with(\.contentType, "backup").named("x"), .namedVolume, .contentType),
        Finding("a named base that is a volume", Sample.base.asOtherKind.named("x"), .namedVolume, .wrongKind),
        Finding(
            "a volume with base and snapshot", Sample.snapshot.with(\.base, "1").asOtherKind, .wrongKind, .unexpectedTag
        ),
        Finding("a deleted base with a parent", Sample.base.with(\.parent, "a.b.c").asDeleted, .unexpectedTag),
        Finding("a deleted disk", Sample.disk.asOtherKind.asDeleted, .wrongKind),
    ]

    static let losses: [Finding] = [
        Finding("a base with a date", Sample.base.deleted(at: 1_800_000_000), .scheduledDeletion, shows: "2027-01-15"),
        Finding("an image with a date", Sample.image.deleted(at: 1), .scheduledDeletion),
        Finding("an ISO with a date", Sample.iso.deleted(at: 1), .scheduledDeletion, shows: "vc-policy"),
        Finding("a disk snapshot with a date", Sample.snapshot.deleted(at: 1), .scheduledDeletion),
        Finding("a date of 0", Sample.base.deleted(at: 0)),
        Finding("a disk with a date", Sample.disk.deleted(at: 1)),
        Finding("a VM state with a date", Sample.vmState.deleted(at: 1)),
        Finding("a snapshot of VolumeCare with a date", Sample.snapshot.deleted(at: 1).withPolicy),
        Finding("a snapshot being deleted with a date", Sample.snapshot.deleted(at: 1).asDeleted),
        Finding("an invalid base with a date", Sample.base.deleted(at: 1).with(\.disk, nil), .missingTag),
        Finding(
            "an invisible base with a date", Sample.base.deleted(at: 1).with(\.cluster, ""), .invisible,
            .scheduledDeletion),
        Finding("a foreign snapshot with a date", Sample.base.deleted(at: 1).with(\.virt, "").onlyVirt),
        Finding(
            "a cloud-init drive of unknown age", Sample.cloudInit.created(at: nil), .unfindableCloudinit,
            shows: "creationTimestamp"),
        Finding("a cloud-init drive of 1970", Sample.cloudInit.created(at: 0), .unfindableCloudinit),
        Finding(
            "a container's cloud-init drive", Sample.cloudInit.with(\.contentType, "rootdir"), .unfindableCloudinit,
            shows: "pve-type is \"rootdir\""),
        Finding(
            "a container's cloud-init drive of unknown age",
            Sample.cloudInit.created(at: nil).with(\.contentType, "rootdir"), .unfindableCloudinit,
            shows: "creationTimestamp", "rootdir"),
        Finding("a disk of unknown age", Sample.disk.created(at: 0)),
    ]

    static let warnings: [Finding] = [
        Finding(
            "a capital in a snapshot", Sample.snapshot.with(\.snapshot, "Before"), .undecodableName,
            shows: "pve-snap is \"Before\"", "\"snap-104-disk-0-Before-p-nzkr.b.17-sp-nzkr.b.1a2.raw\"", "column 17"),
        Finding("a capital in a VM state", Sample.vmState.with(\.snapshot, "beforE"), .undecodableName),
        Finding("a snapshot of one letter", Sample.snapshot.with(\.snapshot, "x"), .undecodableName),
        Finding("a snapshot that ends in a dash", Sample.snapshot.with(\.snapshot, "ab-"), .undecodableName),
        Finding("a snapshot that begins with a digit", Sample.snapshot.with(\.snapshot, "1ab"), .undecodableName),
        Finding("a snapshot with dashes and dots", Sample.snapshot.with(\.snapshot, "a-p-b_c.d")),
        Finding(
            "a disk with a leading zero", Sample.disk.with(\.disk, "007"), .undecodableName,
            shows: "pve-disk is \"007\"", "leading zeros"),
        Finding("a disk of 0", Sample.disk.with(\.disk, "0")),
        Finding("a disk of letters", Sample.disk.with(\.disk, "efi"), .undecodableName),
        Finding("a disk called state without a snapshot", Sample.disk.with(\.disk, "state"), .undecodableName),
        Finding("an empty VM", Sample.disk.with(\.vmid, ""), .undecodableName, shows: "pve-vm is \"\""),
        Finding("an empty VM of a cloud-init drive", Sample.cloudInit.with(\.vmid, ""), .undecodableName),
        Finding("a VM of letters", Sample.disk.with(\.vmid, "abc"), .undecodableName),
        Finding(
            "a parent that is no id", Sample.snapshot.with(\.parent, "XYZ"), .undecodableName,
            shows: "pve-snap-v is \"XYZ\""),
        Finding(
            "a comment with a line feed", Sample.iso.with(\.comment, "a\nb"), .undecodableName,
            shows: #"pve-comment is "a\u{A}b""#),
        Finding(
            "a snapshot's id that is none",
            StorPoolObject(kind: .snapshot, name: "golden", globalID: "Odd", size: 512, tags: Sample.iso.tags),
            .undecodableName, shows: "globalId is \"Odd\""),
        Finding(
            "two parts that do not fit", Sample.disk.with(\.vmid, "abc").with(\.disk, "x"), .undecodableName,
            shows: "pve-vm is \"abc\", pve-disk is \"x\""),
        Finding("no comment", Sample.iso.with(\.comment, nil)),
        Finding("an empty comment", Sample.image.with(\.comment, "")),
        Finding("a deleted snapshot with a capital", Sample.snapshot.with(\.snapshot, "Before").asDeleted),
        Finding("an error and a bad disk", Sample.disk.with(\.disk, "007").named("x"), .namedVolume),
        Finding("no cluster", Sample.disk.with(\.cluster, ""), .invisible, shows: "pve-loc is missing"),
        Finding("no storage", Sample.disk.with(\.storage, ""), .invisible, shows: "pve is missing"),
        Finding("no type", Sample.disk.with(\.contentType, nil), .invisible, shows: "pve-type is missing"),
        Finding("an empty type", Sample.disk.with(\.contentType, ""), .invisible),
        Finding("an unknown type", Sample.disk.with(\.contentType, "vztmpl"), .invisible, shows: "\"vztmpl\""),
        Finding(
            "neither cluster nor storage", Sample.disk.with(\.cluster, "").with(\.storage, ""), .invisible,
            shows: "pve-loc, pve are missing"),
        Finding(
            "no cluster, and named", Sample.disk.with(\.cluster, "").named("x"), .invisible,
            shows: "pve-loc is missing",
            "named \"x\""),
        Finding(
            "no cluster, and the other kind", Sample.base.with(\.cluster, "").asOtherKind, .invisible,
            shows: "must be a snapshot"),
        Finding(
            "a backup without a storage", Sample.disk.with(\.contentType, "backup").with(\.storage, ""), .invisible),
        Finding(
            "an unknown type without a cluster", Sample.disk.with(\.contentType, "x").with(\.cluster, ""), .invisible,
            shows: "pve-loc is missing", "pve-type is \"x\""),
        Finding(
            "no storage, and a capital", Sample.snapshot.with(\.storage, "").with(\.snapshot, "Before"), .invisible,
            .undecodableName),
        Finding("a deleted one without a cluster", Sample.base.with(\.cluster, "").asDeleted),
    ]

    static let notices: [Finding] = [
        Finding("a VM of 99", Sample.disk.with(\.vmid, "99"), .vmidRange, shows: "\"99\""),
        Finding("a VM of 100", Sample.disk.with(\.vmid, "100")),
        Finding("a VM of 999999999", Sample.disk.with(\.vmid, "999999999")),
        Finding("a VM of 1000000000", Sample.disk.with(\.vmid, "1000000000"), .vmidRange),
        Finding("a VM beyond 64 bits", Sample.disk.with(\.vmid, "99999999999999999999999"), .vmidRange),
        Finding("a VM of 0", Sample.disk.with(\.vmid, "0"), .undecodableName, .vmidRange),
        Finding("a VM of 0100", Sample.disk.with(\.vmid, "0100"), .undecodableName),
        Finding(
            "a VM of many zeros and 99", Sample.disk.with(\.vmid, "00000000000000000000099"), .undecodableName,
            .vmidRange),
        Finding("a disk on an ISO", Sample.iso.with(\.disk, "0"), .strayTag, shows: "pve-disk"),
        Finding("a disk on an image", Sample.image.with(\.disk, "7"), .strayTag, shows: "\"7\""),
        Finding("an empty disk on an ISO", Sample.iso.with(\.disk, "")),
        Finding("a parent on a disk", Sample.disk.with(\.parent, Sample.parent), .strayTag, shows: "pve-snap-v"),
        Finding("a parent on a cloud-init drive", Sample.cloudInit.with(\.parent, Sample.parent), .strayTag),
        Finding("a parent on a disk snapshot", Sample.snapshot),
        Finding("a comment on a disk", Sample.disk.with(\.comment, "x")),
        Finding("a base of 00", Sample.base.with(\.base, "00"), .oddBoolean, shows: "\"00\""),
        Finding("a base of true", Sample.base.with(\.base, "true"), .oddBoolean),
        Finding("a base of 0 on a disk", Sample.disk.with(\.base, "0")),
        Finding("an empty base", Sample.disk.with(\.base, "")),
        Finding("a deleted snapshot of VM 5", Sample.snapshot.with(\.vmid, "5").asDeleted),
        Finding("an invisible VM of 5", Sample.disk.with(\.vmid, "5").with(\.cluster, ""), .invisible, .vmidRange),
    ]

    static let foreign: [Finding] = [
        Finding("a volume without tags", Sample.disk.with(\.virt, "").onlyVirt),
        Finding("a comment alone", Sample.iso.with(\.virt, "").onlyVirt.with(\.comment, "x")),
        Finding("an object of another system", Sample.disk.with(\.virt, "cs").onlyVirt),
        Finding(
            "an object that lost virt", Sample.disk.with(\.virt, ""), .invisible,
            shows: "pve is \"sp-nvme\", pve-loc is \"prod1\"", "virt is missing"),
        Finding("an object with a capital virt", Sample.disk.with(\.virt, "PVE"), .invisible, shows: "virt is \"PVE\""),
        Finding(
            "a VM alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.vmid, "1"), .invisible, shows: "pve-vm is \"1\""),
        Finding("a base alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.base, "0"), .invisible),
        Finding("a parent alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.parent, "0"), .invisible),
        Finding("a snapshot alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.snapshot, "0"), .invisible),
        Finding("a disk alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.disk, "0"), .invisible),
        Finding("a type alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.contentType, "0"), .invisible),
        Finding("a cluster alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.cluster, "0"), .invisible),
        Finding("a storage alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.storage, "0"), .invisible),
        Finding("empty tags", Sample.disk.with(\.virt, "").onlyVirt.with(\.storage, "").with(\.vmid, "")),
        Finding("a deleted one that lost virt", Sample.base.with(\.virt, "").asDeleted),
    ]
}

extension StorPoolObject {
    /// The same object with no tag but `virt`.
    var onlyVirt: StorPoolObject {
        var object = self
        object.tags = Tags(virt: tags.virt)
        return object
    }
}
