import StorPool
import TestSupport
import Testing

@Suite("Object list reader")
struct ObjectListReaderTests {
    @Test("the reader reads volumes with every field")
    func volumes() {
        let listing = Listing(Reply.volumes)
        #expect(listing.summary?.count == 2)
        #expect(listing.summary?.malformed == 0)
        #expect(
            listing.elements == [
                StorPoolObject(
                    kind: .volume, name: "~nzkr.b.1a2", globalID: "nzkr.b.1a2", size: 34_359_738_368,
                    created: 1_735_725_600,
                    tags: Tags(
                        virt: "pve", cluster: "prod1", storage: "sp-nvme", contentType: "images", vmid: "104",
                        disk: "0", base: "0")),
                StorPoolObject(
                    kind: .volume, name: "~nzkr.b.1b0", globalID: "nzkr.b.2c7", size: 10_737_418_240,
                    created: 1_735_729_200),
            ])
        #expect(listing.elements.map(\.proxmoxID) == ["nzkr.b.1a2", "nzkr.b.1b0"])
    }

    @Test("the reader reads snapshots with and without tags")
    func snapshots() {
        let listing = Listing(Reply.snapshots, .snapshot)
        #expect(
            listing.elements == [
                StorPoolObject(
                    kind: .snapshot, name: "~nzkr.b.1a9", globalID: "nzkr.b.1a9", size: 34_359_738_368,
                    created: 1_735_812_000,
                    tags: Tags(
                        virt: "pve", cluster: "prod1", storage: "sp-nvme", contentType: "images", vmid: "104",
                        disk: "0", snapshot: "before-upgrade", parent: "nzkr.b.1a2", comment: "x")),
                StorPoolObject(
                    kind: .snapshot, name: "*db01@1430", globalID: "nzkr.b.0f3", size: 1_073_741_824,
                    created: 1_735_000_000, isDeleted: true),
            ])
        #expect(listing.elements.map(\.isGoing) == [false, true])
    }

    @Test("the reader reads the fields of the space calls")
    func space() {
        let object = Listing(Reply.space).elements.first
        #expect(object?.storedSize == 512)
        #expect(object?.spaceUsed == 1536)
    }

    @Test("the reader reads an empty list")
    func empty() {
        let listing = Listing(#"{"data":[],"generation":1}"#)
        #expect(listing.summary?.count == 0)
        #expect(listing.summary?.malformed == 0)
        #expect(listing.elements.isEmpty)
    }

    @Test(
        "the reader accepts fields in any order",
        arguments: [
            #"{"size":5,"name":"~a.b.c","tags":{"pve":"s","virt":"pve"},"globalId":"a.b.c","creationTimestamp":9}"#,
            #"{"tags":{"virt":"pve","pve":"s"},"creationTimestamp":9,"globalId":"a.b.c","size":5,"name":"~a.b.c"}"#,
            #"{"new":[{}],"size":5,"x":{"name":"z"},"name":"~a.b.c","globalId":"a.b.c","tags":{"q":1,"virt":"pve","pve":"s"},"creationTimestamp":9}"#,
        ])
    func order(_ element: String) {
        let expected = StorPoolObject(
            kind: .volume, name: "~a.b.c", globalID: "a.b.c", size: 5, created: 9,
            tags: Tags(virt: "pve", storage: "s"))
        #expect(Listing(element: element).elements == [expected])
        // The reader remembers the order of the previous element. Test it also after an element with a different order.
        let other = #"{"globalId":"x","a":1,"size":1,"b":2,"name":"y","tags":{"pve-vm":"1","virt":"no"}}"#
        let many = Listing(element: "\(other),\(element),\(element),\(other),\(element)").elements
        #expect(many.count == 5)
        #expect([1, 2, 4].allSatisfy { many[$0] == expected })
    }

    @Test("the reader reads elements with more fields than it remembers")
    func manyFields() {
        let filler = (0..<200).map { #""field\#($0)":\#($0),"# }.joined()
        let element = #"{\#(filler)"name":"n","globalId":"g","size":1,"tags":{\#(filler)"virt":"pve"}}"#
        let listing = Listing(element: [element, element, element].joined(separator: ","))
        #expect(listing.elements.map(\.tags.virt) == ["pve", "pve", "pve"])
    }

    @Test("the reader distinguishes member names with equal beginnings")
    func longNames() {
        let listing = Listing(
            element:
                #"{"name":"n","globalId":"g","size":1,"creationTimestamp":7,"creationTimestampOfTheLastVersion":9,"#
                + #""tagsAreNotTheseOnesHereReally":1,"nam":"x","names":"y"}"#)
        #expect(listing.elements.first?.created == 7)
        #expect(listing.elements.first?.name == "n")
    }

    @Test("the reader treats a time of 0 as unknown")
    func unknownTimes() {
        func element(_ time: String) -> StorPoolObject? {
            Listing(
                element:
                    #"{"name":"n","globalId":"g","size":1,"creationTimestamp":\#(time),"targetDeleteDate":\#(time)}"#
            ).elements.first
        }
        #expect(element("0") == StorPoolObject(kind: .volume, name: "n", globalID: "g", size: 1))
        #expect(element("1")?.created == 1 && element("1")?.deletionDate == 1)
        #expect(element("-0")?.created == nil && element("null")?.deletionDate == nil)
        #expect(StorPoolObject(kind: .volume, name: "n", globalID: "g", size: 1, created: 0).created == nil)
    }

    @Test(
        "the reader counts malformed elements and keeps the rest",
        arguments: [
            "null", "7", "true", #""text""#, "[]", #"[{"name":"n","globalId":"g","size":1}]"#, "{}",
            #"{"globalId":"g","size":1}"#, #"{"name":"","globalId":"g","size":1}"#,
            #"{"name":null,"globalId":"g","size":1}"#, #"{"name":7,"globalId":"g","size":1}"#,
            #"{"name":["n"],"globalId":"g","size":1}"#, #"{"name":{"name":"n"},"globalId":"g","size":1}"#,
            #"{"name":"n","size":1}"#, #"{"name":"n","globalId":"","size":1}"#,
            #"{"name":"n","globalId":null,"size":1}"#, #"{"name":"n","globalId":1,"size":1}"#,
            #"{"name":"n","globalId":"g"}"#, #"{"name":"n","globalId":"g","size":null}"#,
            #"{"name":"n","globalId":"g","size":"1"}"#, #"{"name":"n","globalId":"g","size":-1}"#,
            #"{"name":"n","globalId":"g","size":1.5}"#, #"{"name":"n","globalId":"g","size":1e3}"#,
            #"{"name":"n","globalId":"g","size":18446744073709551616}"#, #"{"name":"n","globalId":"g","size":[1]}"#,
            #"{"name":"n","globalId":"g","size":{"size":1}}"#, #"{"name":"n","globalId":"g","size":true}"#,
            #"{"name":"n","globalId":"g","size":1,"size":"-"}"#, #"{"name":"n","globalId":"g","size":1,"name":null}"#,
        ])
    func malformed(_ element: String) {
        let good = #"{"name":"n1","globalId":"g1","size":1}"#
        let listing = Listing(element: "\(good),\(element),\(good),\(element)")
        #expect(listing.error == nil)
        #expect(listing.summary?.malformed == 2)
        #expect(listing.summary?.count == 2)
        #expect(listing.elements.map(\.name) == ["n1", "n1"])
    }

    @Test(
        "the reader ignores an optional field with a wrong type",
        arguments: ["null", "-5", "1.5", #""7""#, "[]", "{}", "true", #"{"creationTimestamp":8}"#, "1e2"])
    func oddFields(_ value: String) {
        let listing = Listing(
            element: #"{"name":"~a.b.c","globalId":"a.b.c","size":1,"creationTimestamp":\#(value),"#
                + #""targetDeleteDate":\#(value),"storedSize":\#(value),"spaceUsed":\#(value),"bw":\#(value)}"#)
        #expect(listing.elements == [StorPoolObject(kind: .volume, name: "~a.b.c", globalID: "a.b.c", size: 1)])
        #expect(listing.summary?.malformed == 0)
    }

    @Test(
        "the reader treats deleted and transient as set only if true",
        arguments: [
            ("true", true), ("false", false), ("null", false), (#""true""#, false), ("1", false), ("[true]", false),
            (#"{"deleted":true}"#, false),
        ])
    func flags(_ value: String, _ expected: Bool) {
        let object = Listing(
            element: #"{"name":"n","globalId":"g","size":1,"deleted":\#(value),"transient":\#(value)}"#, .snapshot
        ).elements.first
        #expect(object?.isDeleted == expected)
        #expect(object?.isTransient == expected)
    }

    @Test("the reader uses the final value of a repeated member")
    func duplicateFields() {
        let object = Listing(
            element: #"{"name":"a","globalId":"g","size":1,"name":"b","size":2,"deleted":true,"deleted":false,"#
                + #""globalId":"h","creationTimestamp":5,"creationTimestamp":null}"#, .snapshot
        ).elements.first
        #expect(object == StorPoolObject(kind: .snapshot, name: "b", globalID: "h", size: 2))
    }

    @Test("the reader clears all fields before the next element")
    func fresh() {
        let listing = Listing(
            element: #"{"name":"a","globalId":"g","size":1,"creationTimestamp":1,"deleted":true,"transient":true,"#
                + #""storedSize":1,"spaceUsed":1,"tags":{"virt":"pve","pve-vm":"1"}},{"name":"b","globalId":"h","size":2}"#,
            .snapshot)
        #expect(listing.elements.last == StorPoolObject(kind: .snapshot, name: "b", globalID: "h", size: 2))
    }
}
