import StorPool
import Testing

@Suite("Global ids")
struct GlobalIDTests {
    @Test("a global id has three parts of a-z and 0-9", arguments: ["a.b.c", "nzkr.b.1a2", "0.0.0", "9z.1.x"])
    func valid(_ text: String) {
        #expect(GlobalID.isValid(text))
    }

    @Test(
        "a string in a different form is not a global id",
        arguments: [
            "", ".", "..", "a", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.", "a.b.c.d", "A.b.c", "a.b.C", "a.b-.c",
            "a.b.c ",
            " a.b.c", "~a.b.c", "a.b.c\n", "a.b.é", "a.b.\u{661}", "a_b.c.d", "a.b.c\0",
        ])
    func invalid(_ text: String) {
        #expect(!GlobalID.isValid(text))
    }
}

@Suite("Objects")
struct StorPoolObjectTests {
    @Test(
        "objects have the id that Proxmox VE uses",
        arguments: [
            (.volume, "~a.b.c", "a.b.c", "a.b.c", true), (.volume, "~a.b.c", "d.e.f", "a.b.c", true),
            (.volume, "~a.b.c", "dd.ee.ff", "a.b.c", true), (.volume, "~a.b.c\n", "d.e.f", "a.b.c", true),
            (.volume, "db01", "d.e.f", "d.e.f", false), (.volume, "~db01", "d.e.f", "d.e.f", false),
            (.volume, "~A.b.c", "d.e.f", "d.e.f", false), (.volume, "~a.b.c\n\n", "d.e.f", "d.e.f", false),
            (.volume, "a.b.c", "d.e.f", "d.e.f", false), (.volume, "~", "d.e.f", "d.e.f", false),
            (.volume, "~\n", "d.e.f", "d.e.f", false), (.volume, "~~a.b.c", "d.e.f", "d.e.f", false),
            (.volume, "#a", "d.e.f", "d.e.f", false), (.volume, "~a.b.c", "odd", "a.b.c", true),
            (.snapshot, "~a.b.c", "d.e.f", "d.e.f", true), (.snapshot, "db01@7", "d.e.f", "d.e.f", false),
            (.snapshot, "*db01@7", "odd id", "odd id", false),
        ] as [(ObjectKind, String, String, String, Bool)])
    func proxmoxID(_ kind: ObjectKind, _ name: String, _ globalID: String, _ expected: String, _ isUnnamed: Bool) {
        let object = StorPoolObject(kind: kind, name: name, globalID: globalID, size: 1)
        #expect(object.proxmoxID == expected)
        #expect(object.isUnnamed == isUnnamed)
    }

    @Test("only snapshots can be marked as being deleted")
    func going() {
        func object(_ kind: ObjectKind, _ name: String, deleted: Bool = false, transient: Bool = false)
            -> StorPoolObject
        {
            StorPoolObject(
                kind: kind, name: name, globalID: "a.b.c", size: 1, isDeleted: deleted, isTransient: transient)
        }
        #expect(object(.snapshot, "~a.b.c", deleted: true).isGoing)
        #expect(object(.snapshot, "~a.b.c", transient: true).isGoing)
        #expect(object(.snapshot, "*x").isGoing)
        #expect(object(.snapshot, "*").isGoing)
        #expect(!object(.snapshot, "~a.b.c").isGoing)
        #expect(!object(.snapshot, "x*").isGoing)
        #expect(!object(.volume, "~a.b.c", deleted: true, transient: true).isGoing)
        #expect(!object(.volume, "*x").isGoing)
    }

    @Test("the kinds of objects are volume and snapshot")
    func kinds() {
        #expect(ObjectKind.allCases.map(\.text) == ["volume", "snapshot"])
    }
}
