import ProxmoxVE
import StorPool
import Testing

/// An object and the anomalies that it must have.
struct AnomalySample: Sendable, CustomTestStringConvertible {
    let name: String
    let object: StorPoolObject
    let reasons: [AnomalyReason]
    /// Strings that the detail of the first anomaly must contain.
    let shows: [String]

    init(_ name: String, _ object: StorPoolObject, _ reasons: AnomalyReason..., shows: String...) {
        (self.name, self.object, self.reasons, self.shows) = (name, object, reasons, shows)
    }

    var testDescription: String { name }
}

/// Objects with and without each anomaly that does not depend on other objects.
extension AnomalySample {
    static let errors: [AnomalySample] = [
        AnomalySample("a named volume", Sample.disk.named("db01"), .namedVolume, shows: "\"db01\""),
        AnomalySample("a volume named by an id without ~", Sample.disk.named(Sample.id), .namedVolume),
        AnomalySample("a named snapshot", Sample.base.named("golden")),
        AnomalySample("a volume reverted to a snapshot", Sample.disk.named("~nzkr.b.old")),
        AnomalySample("a disk that is a snapshot", Sample.disk.asOtherKind, .wrongKind, shows: "volume", "snapshot"),
        AnomalySample("a cloud-init drive that is a snapshot", Sample.cloudInit.asOtherKind, .wrongKind),
        AnomalySample("a VM state that is a snapshot", Sample.vmState.asOtherKind, .wrongKind, shows: "\"before\""),
        AnomalySample("a base that is a volume", Sample.base.asOtherKind, .wrongKind, shows: "pve-base is \"1\""),
        AnomalySample("a disk snapshot that is a volume", Sample.snapshot.asOtherKind, .wrongKind, shows: "pve-snap"),
        AnomalySample("an image that is a volume", Sample.image.asOtherKind, .wrongKind),
        AnomalySample("an ISO that is a volume", Sample.iso.asOtherKind, .wrongKind, shows: "\"iso\""),
        AnomalySample("an ISO with a VM", Sample.iso.with(\.vmid, "104"), .unexpectedTag, shows: "pve-vm", "\"104\""),
        AnomalySample(
            "an ISO with pve-base 0", Sample.iso.with(\.base, "0"), .unexpectedTag, shows: "pve-base", "\"0\""),
        AnomalySample("an ISO with a snapshot", Sample.iso.with(\.snapshot, "x"), .unexpectedTag, shows: "pve-snap"),
        AnomalySample(
            "an ISO with pve-snap-v", Sample.iso.with(\.parent, "a.b.c"), .unexpectedTag, shows: "pve-snap-v"),
        AnomalySample("an ISO with empty tags", Sample.iso.with(\.vmid, "").with(\.base, "").with(\.snapshot, "")),
        AnomalySample("an image with pve-base 0", Sample.image.with(\.base, "0"), .unexpectedTag, shows: "pve-base"),
        AnomalySample("an image with a snapshot", Sample.image.with(\.snapshot, "0"), .unexpectedTag),
        AnomalySample("an image with pve-snap-v", Sample.image.with(\.parent, "a.b.c"), .unexpectedTag),
        AnomalySample(
            "a base with a snapshot", Sample.base.with(\.snapshot, "x"), .unexpectedTag, shows: "pve-snap \"x\""),
        AnomalySample("a base with a parent", Sample.base.with(\.parent, "a.b.c"), .unexpectedTag, shows: "pve-snap-v"),
        AnomalySample("a VM state with a parent", Sample.vmState.with(\.parent, "a.b.c"), .unexpectedTag),
        AnomalySample("a VM state with an empty parent", Sample.vmState.with(\.parent, "")),
        AnomalySample("a disk without pve-disk", Sample.disk.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        AnomalySample("a disk with an empty pve-disk", Sample.disk.with(\.disk, ""), .missingTag, shows: "pve-disk"),
        AnomalySample("a base without pve-disk", Sample.base.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        AnomalySample("a snapshot without pve-disk", Sample.snapshot.with(\.disk, nil), .missingTag, shows: "pve-disk"),
        AnomalySample(
            "a snapshot without pve-snap-v", Sample.snapshot.with(\.parent, ""), .missingTag, shows: "pve-snap-v"),
        AnomalySample(
            "a snapshot without pve-disk and pve-snap-v", Sample.snapshot.with(\.parent, nil).with(\.disk, ""),
            .missingTag,
            shows: "pve-disk", "pve-snap-v"),
        AnomalySample("a backup", Sample.disk.with(\.contentType, "backup"), .contentType, shows: "\"backup\""),
        AnomalySample("a container's disk", Sample.disk.with(\.contentType, "rootdir")),
        AnomalySample(
            "a named backup", Sample.disk.with(\.contentType, "backup").named("x"), .namedVolume, .contentType),
        AnomalySample("a named base that is a volume", Sample.base.asOtherKind.named("x"), .namedVolume, .wrongKind),
        AnomalySample(
            "a volume with pve-base and pve-snap", Sample.snapshot.with(\.base, "1").asOtherKind, .wrongKind,
            .unexpectedTag
        ),
        AnomalySample("a deleted base with a parent", Sample.base.with(\.parent, "a.b.c").asDeleted, .unexpectedTag),
        AnomalySample("a deleted disk", Sample.disk.asOtherKind.asDeleted, .wrongKind),
    ]

    static let losses: [AnomalySample] = [
        AnomalySample(
            "a base with a deletion date", Sample.base.deleted(at: 1_800_000_000), .scheduledDeletion,
            shows: "2027-01-15"),
        AnomalySample("an image with a deletion date", Sample.image.deleted(at: 1), .scheduledDeletion),
        AnomalySample(
            "an ISO with a deletion date", Sample.iso.deleted(at: 1), .scheduledDeletion, shows: "StorPool will delete"),
        AnomalySample("a disk snapshot with a deletion date", Sample.snapshot.deleted(at: 1), .scheduledDeletion),
        AnomalySample("a deletion date of 0", Sample.base.deleted(at: 0)),
        AnomalySample("a disk with a deletion date", Sample.disk.deleted(at: 1)),
        AnomalySample("a VM state with a deletion date", Sample.vmState.deleted(at: 1)),
        AnomalySample("a snapshot of VolumeCare with a deletion date", Sample.snapshot.deleted(at: 1).withPolicy),
        AnomalySample("a snapshot being deleted with a deletion date", Sample.snapshot.deleted(at: 1).asDeleted),
        AnomalySample(
            "an invalid base with a deletion date", Sample.base.deleted(at: 1).with(\.disk, nil), .missingTag),
        AnomalySample(
            "an invisible base with a deletion date", Sample.base.deleted(at: 1).with(\.cluster, ""), .invisible,
            .scheduledDeletion),
        AnomalySample("a foreign snapshot with a deletion date", Sample.base.deleted(at: 1).with(\.virt, "").onlyVirt),
        AnomalySample(
            "a cloud-init drive of unknown age", Sample.cloudInit.created(at: nil), .unfindableCloudinit,
            shows: "creationTimestamp"),
        AnomalySample("a cloud-init drive with creation time 0", Sample.cloudInit.created(at: 0), .unfindableCloudinit),
        AnomalySample(
            "a container's cloud-init drive", Sample.cloudInit.with(\.contentType, "rootdir"), .unfindableCloudinit,
            shows: "pve-type is \"rootdir\""),
        AnomalySample(
            "a container's cloud-init drive of unknown age",
            Sample.cloudInit.created(at: nil).with(\.contentType, "rootdir"), .unfindableCloudinit,
            shows: "creationTimestamp", "rootdir"),
        AnomalySample("a disk of unknown age", Sample.disk.created(at: 0)),
    ]

    static let warnings: [AnomalySample] = [
        AnomalySample(
            "a snapshot name with a capital letter", Sample.snapshot.with(\.snapshot, "Before"), .undecodableName,
            shows: "pve-snap is \"Before\"", "\"snap-104-disk-0-Before-p-nzkr.b.17-sp-nzkr.b.1a2.raw\"", "column 17"),
        AnomalySample(
            "a VM state name with a capital letter", Sample.vmState.with(\.snapshot, "beforE"), .undecodableName),
        AnomalySample("a snapshot name of one letter", Sample.snapshot.with(\.snapshot, "x"), .undecodableName),
        AnomalySample("a snapshot name that ends in a dash", Sample.snapshot.with(\.snapshot, "ab-"), .undecodableName),
        AnomalySample(
            "a snapshot name that begins with a digit", Sample.snapshot.with(\.snapshot, "1ab"), .undecodableName),
        AnomalySample("a snapshot name with dashes and dots", Sample.snapshot.with(\.snapshot, "a-p-b_c.d")),
        AnomalySample(
            "a disk number with a leading zero", Sample.disk.with(\.disk, "007"), .undecodableName,
            shows: "pve-disk is \"007\"", "leading zeros"),
        AnomalySample("disk number 0", Sample.disk.with(\.disk, "0")),
        AnomalySample("a disk number of letters", Sample.disk.with(\.disk, "efi"), .undecodableName),
        AnomalySample("a disk named state without pve-snap", Sample.disk.with(\.disk, "state"), .undecodableName),
        AnomalySample("an empty VM id", Sample.disk.with(\.vmid, ""), .undecodableName, shows: "pve-vm is \"\""),
        AnomalySample("an empty VM id of a cloud-init drive", Sample.cloudInit.with(\.vmid, ""), .undecodableName),
        AnomalySample("a VM id of letters", Sample.disk.with(\.vmid, "abc"), .undecodableName),
        AnomalySample(
            "a parent that is not a global id", Sample.snapshot.with(\.parent, "XYZ"), .undecodableName,
            shows: "pve-snap-v is \"XYZ\""),
        AnomalySample(
            "a comment with a line feed", Sample.iso.with(\.comment, "a\nb"), .undecodableName,
            shows: #"pve-comment is "a\u{A}b""#),
        AnomalySample(
            "an invalid global id",
            StorPoolObject(kind: .snapshot, name: "golden", globalID: "Odd", size: 512, tags: Sample.iso.tags),
            .undecodableName, shows: "globalId is \"Odd\""),
        AnomalySample(
            "two invalid parts", Sample.disk.with(\.vmid, "abc").with(\.disk, "x"), .undecodableName,
            shows: "pve-vm is \"abc\", pve-disk is \"x\""),
        AnomalySample("no comment", Sample.iso.with(\.comment, nil)),
        AnomalySample("an empty comment", Sample.image.with(\.comment, "")),
        AnomalySample("a deleted snapshot with a capital letter", Sample.snapshot.with(\.snapshot, "Before").asDeleted),
        AnomalySample("an error and an invalid disk number", Sample.disk.with(\.disk, "007").named("x"), .namedVolume),
        AnomalySample("no cluster", Sample.disk.with(\.cluster, ""), .invisible, shows: "pve-loc is missing"),
        AnomalySample("no storage", Sample.disk.with(\.storage, ""), .invisible, shows: "pve is missing"),
        AnomalySample("no type", Sample.disk.with(\.contentType, nil), .invisible, shows: "pve-type is missing"),
        AnomalySample("an empty type", Sample.disk.with(\.contentType, ""), .invisible),
        AnomalySample("an unknown type", Sample.disk.with(\.contentType, "vztmpl"), .invisible, shows: "\"vztmpl\""),
        AnomalySample(
            "neither cluster nor storage", Sample.disk.with(\.cluster, "").with(\.storage, ""), .invisible,
            shows: "pve-loc, pve are missing"),
        AnomalySample(
            "a named volume without a cluster", Sample.disk.with(\.cluster, "").named("x"), .invisible,
            shows: "pve-loc is missing",
            "named \"x\""),
        AnomalySample(
            "a base that is a volume and has no cluster", Sample.base.with(\.cluster, "").asOtherKind, .invisible,
            shows: "must be a snapshot"),
        AnomalySample(
            "a backup without a storage", Sample.disk.with(\.contentType, "backup").with(\.storage, ""), .invisible),
        AnomalySample(
            "an unknown type without a cluster", Sample.disk.with(\.contentType, "x").with(\.cluster, ""), .invisible,
            shows: "pve-loc is missing", "pve-type is \"x\""),
        AnomalySample(
            "no storage, and a capital letter in the snapshot name",
            Sample.snapshot.with(\.storage, "").with(\.snapshot, "Before"), .invisible,
            .undecodableName),
        AnomalySample("a deleted base without a cluster", Sample.base.with(\.cluster, "").asDeleted),
    ]

    static let notices: [AnomalySample] = [
        AnomalySample("VM id 99", Sample.disk.with(\.vmid, "99"), .vmidRange, shows: "\"99\""),
        AnomalySample("VM id 100", Sample.disk.with(\.vmid, "100")),
        AnomalySample("VM id 999999999", Sample.disk.with(\.vmid, "999999999")),
        AnomalySample("VM id 1000000000", Sample.disk.with(\.vmid, "1000000000"), .vmidRange),
        AnomalySample("a VM id beyond 64 bits", Sample.disk.with(\.vmid, "99999999999999999999999"), .vmidRange),
        AnomalySample("VM id 0", Sample.disk.with(\.vmid, "0"), .undecodableName, .vmidRange),
        AnomalySample("VM id 0100", Sample.disk.with(\.vmid, "0100"), .undecodableName),
        AnomalySample(
            "VM id 99 after many zeros", Sample.disk.with(\.vmid, "00000000000000000000099"), .undecodableName,
            .vmidRange),
        AnomalySample("pve-disk on an ISO", Sample.iso.with(\.disk, "0"), .strayTag, shows: "pve-disk"),
        AnomalySample("pve-disk on an image", Sample.image.with(\.disk, "7"), .strayTag, shows: "\"7\""),
        AnomalySample("an empty pve-disk on an ISO", Sample.iso.with(\.disk, "")),
        AnomalySample(
            "pve-snap-v on a disk", Sample.disk.with(\.parent, Sample.parent), .strayTag, shows: "pve-snap-v"),
        AnomalySample("pve-snap-v on a cloud-init drive", Sample.cloudInit.with(\.parent, Sample.parent), .strayTag),
        AnomalySample("pve-snap-v on a disk snapshot", Sample.snapshot),
        AnomalySample("a comment on a disk", Sample.disk.with(\.comment, "x")),
        AnomalySample("pve-base 00", Sample.base.with(\.base, "00"), .oddBoolean, shows: "\"00\""),
        AnomalySample("pve-base true", Sample.base.with(\.base, "true"), .oddBoolean),
        AnomalySample("pve-base 0 on a disk", Sample.disk.with(\.base, "0")),
        AnomalySample("an empty pve-base", Sample.disk.with(\.base, "")),
        AnomalySample("a deleted snapshot of VM 5", Sample.snapshot.with(\.vmid, "5").asDeleted),
        AnomalySample(
            "an invisible disk of VM 5", Sample.disk.with(\.vmid, "5").with(\.cluster, ""), .invisible, .vmidRange),
    ]

    static let foreign: [AnomalySample] = [
        AnomalySample("a volume without tags", Sample.disk.with(\.virt, "").onlyVirt),
        AnomalySample(
            "a foreign object with only a comment", Sample.iso.with(\.virt, "").onlyVirt.with(\.comment, "x")),
        AnomalySample("an object of another system", Sample.disk.with(\.virt, "cs").onlyVirt),
        AnomalySample(
            "an object without virt", Sample.disk.with(\.virt, ""), .invisible,
            shows: "pve is \"sp-nvme\", pve-loc is \"prod1\"", "virt is missing"),
        AnomalySample(
            "virt in capital letters", Sample.disk.with(\.virt, "PVE"), .invisible, shows: "virt is \"PVE\""),
        AnomalySample(
            "pve-vm alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.vmid, "1"), .invisible,
            shows: "pve-vm is \"1\""),
        AnomalySample("pve-base alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.base, "0"), .invisible),
        AnomalySample("pve-snap-v alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.parent, "0"), .invisible),
        AnomalySample("pve-snap alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.snapshot, "0"), .invisible),
        AnomalySample("pve-disk alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.disk, "0"), .invisible),
        AnomalySample("pve-type alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.contentType, "0"), .invisible),
        AnomalySample("pve-loc alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.cluster, "0"), .invisible),
        AnomalySample("pve alone", Sample.disk.with(\.virt, "").onlyVirt.with(\.storage, "0"), .invisible),
        AnomalySample("empty tags", Sample.disk.with(\.virt, "").onlyVirt.with(\.storage, "").with(\.vmid, "")),
        AnomalySample("a deleted snapshot without virt", Sample.base.with(\.virt, "").asDeleted),
    ]
}

extension StorPoolObject {
    /// The object without all tags except `virt`.
    var onlyVirt: StorPoolObject {
        var object = self
        object.tags = Tags(virt: tags.virt)
        return object
    }
}
