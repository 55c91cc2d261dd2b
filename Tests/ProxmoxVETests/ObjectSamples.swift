import StorPool
import TestSupport

/// One object of each type, as StorPool's plugin creates them.
enum Sample {
    static let id = "nzkr.b.1a2"
    static let parent = "nzkr.b.17"

    static func object(_ kind: ObjectKind, _ tags: Tags, name: String = "~" + id) -> StorPoolObject {
        var tags = tags
        tags.virt = tags.virt ?? "pve"
        tags.cluster = tags.cluster ?? "prod1"
        tags.storage = tags.storage ?? "sp-nvme"
        return StorPoolObject(kind: kind, name: name, globalID: id, size: 512, created: 1_700_000_000, tags: tags)
    }

    static let disk = object(.volume, Tags(contentType: "images", vmid: "104", disk: "0"))
    static let cloudInit = object(.volume, Tags(contentType: "images", vmid: "104", disk: "cloudinit"))
    static let vmState = object(.volume, Tags(contentType: "images", vmid: "104", disk: "state", snapshot: "before"))
    static let base = object(.snapshot, Tags(contentType: "images", vmid: "104", disk: "0", base: "1"))
    static let snapshot = object(
        .snapshot, Tags(contentType: "images", vmid: "104", disk: "0", snapshot: "before", parent: parent))
    static let image = object(.snapshot, Tags(contentType: "images", comment: "debian-13"))
    static let iso = object(.snapshot, Tags(contentType: "iso", comment: "debian-13"))
    static let all = [disk, cloudInit, vmState, base, snapshot, image, iso]
}

extension StorPoolObject {
    func with(_ tag: WritableKeyPath<Tags, String?>, _ value: String?) -> StorPoolObject {
        var object = self
        object.tags[keyPath: tag] = value
        return object
    }

    /// A copy of the object with the other kind: a volume becomes a snapshot, and a snapshot a volume.
    var asOtherKind: StorPoolObject {
        StorPoolObject(
            kind: kind == .volume ? .snapshot : .volume, name: name, globalID: globalID, size: size, created: created,
            tags: tags)
    }

    func created(at time: UInt64?) -> StorPoolObject {
        StorPoolObject(kind: kind, name: name, globalID: globalID, size: size, created: time, tags: tags)
    }

    /// A copy of the object whose deletion is scheduled at this time.
    func deleted(at time: UInt64) -> StorPoolObject {
        StorPoolObject(
            kind: kind, name: name, globalID: globalID, size: size, created: created, deletionDate: time, tags: tags)
    }

    /// A copy of the object with a VolumeCare policy.
    var withPolicy: StorPoolObject {
        var object = self
        object.tags.hasVolumeCarePolicy = true
        return object
    }

    func named(_ name: String) -> StorPoolObject {
        StorPoolObject(kind: kind, name: name, globalID: globalID, size: size, created: created, tags: tags)
    }

    var asDeleted: StorPoolObject {
        var object = self
        object.isDeleted = true
        return object
    }
}

/// Objects with random tags, both usual and unusual.
enum RandomObject {
    private static func one(_ random: inout Seeded, _ values: [String?]) -> String? {
        values.randomElement(using: &random) ?? nil
    }

    static func any(_ random: inout Seeded) -> StorPoolObject {
        let kind: ObjectKind = Bool.random(using: &random) ? .volume : .snapshot
        let id = one(&random, ["a.b.c", "nzkr.b.1a2", "0.1.z9"]) ?? ""
        let name =
            one(&random, ["~" + id, "~" + id, "~" + id, "~d.e.f", "db01", "~" + id + "\n", "*db01", "~A.b.c"]) ?? ""
        let tags = Tags(
            virt: "pve", cluster: "prod", storage: "s",
            contentType: one(&random, ["images", "images", "images", "rootdir", "iso", "backup", "vztmpl", nil]),
            vmid: one(&random, ["104", "104", "104", nil, "", "0", "0104", "abc", "5", "99999999999999999999"]),
            disk: one(&random, ["0", "7", "0", "state", "cloudinit", nil, "", "007", "abc", "1-sp-a.b.c", "00"]),
            base: one(&random, [nil, nil, nil, "", "0", "1", "00", "false", "no", " "]),
            snapshot: one(
                &random,
                [
                    nil, nil, nil, "", "0", "before", "Before", "x", "a_", "a-p-b.c.d", "x-sp-a.b.c", "b-disk-0-c", "é",
                    "a\nb",
                ]),
            parent: one(&random, [nil, nil, nil, "", "a.b.c", "nzkr.b.17", "0", "A.B.C", "a.b", "a.b.c-sp-d.e.f"]),
            comment: one(&random, [nil, "", "debian", "a-sp-b.c.d.iso", "a\nb", "é", "\n", "x-sp-"]))
        return StorPoolObject(kind: kind, name: name, globalID: id, size: 1, tags: tags)
    }
}
