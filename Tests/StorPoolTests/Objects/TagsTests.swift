import StorPool
import TestSupport
import Testing

@Suite("Tags")
struct TagsTests {
    private static func tags(_ json: String) -> Tags? {
        Listing(element: #"{"name":"n","globalId":"g","size":1,"tags":\#(json)}"#).elements.first?.tags
    }

    @Test("tags are read by name")
    func all() {
        #expect(
            Self.tags(
                #"{"virt":"1","pve-loc":"2","pve":"3","pve-type":"4","pve-vm":"5","pve-disk":"6","pve-base":"7","#
                    + #""pve-snap":"8","pve-snap-v":"9","pve-comment":"10"}"#)
                == Tags(
                    virt: "1", cluster: "2", storage: "3", contentType: "4", vmid: "5", disk: "6", base: "7",
                    snapshot: "8", parent: "9", comment: "10"))
    }

    @Test(
        "an object has no tags if the member is not a JSON object",
        arguments: ["null", "7", "true", #""virt""#, "[]", #"["virt","pve"]"#, "{}", #"{"vc-policy":""}"#])
    func none(_ json: String) {
        #expect(Self.tags(json) == Tags())
    }

    @Test(
        "tags convert scalar values to text and ignore other values",
        arguments: [
            (#""11""#, "11"), ("11", "11"), ("0", "0"), ("-1", "-1"), ("0.0", "0.0"), ("1.50", "1.50"), ("1E3", "1E3"),
            ("true", "1"),
            ("false", "0"), ("null", nil), ("[]", nil), (#"["11"]"#, nil), ("{}", nil), (#"{"pve-vm":"11"}"#, nil),
            (#""""#, ""), (#""a b""#, "a b"), (#""\u0031\n""#, "1\n"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] as [(String, String?)])
    func values(_ json: String, _ expected: String?) {
        let names = [
            "virt", "pve-loc", "pve", "pve-type", "pve-vm", "pve-disk", "pve-base", "pve-snap", "pve-snap-v",
            "pve-comment",
        ]
        let tags = Self.tags("{" + names.map { "\"\($0)\":\(json)" }.joined(separator: ",") + "}")
        #expect(
            tags
                == Tags(
                    virt: expected, cluster: expected, storage: expected, contentType: expected, vmid: expected,
                    disk: expected, base: expected, snapshot: expected, parent: expected, comment: expected))
    }

    @Test(
        "tags have a VolumeCare policy if vc-policy is not empty",
        arguments: [
            (#""daily-14""#, true), (#""0""#, true), ("0", true), ("true", true), ("false", true), (#""""#, false),
            ("null", false), ("[]", false), (#"{"vc-policy":"x"}"#, false), (#""x","vc-policy":"""#, false),
            (#""a policy with a longer name than is packed""#, true),
        ])
    func policy(_ json: String, _ isPresent: Bool) {
        #expect(Self.tags(#"{"vc-policy":\#(json)}"#) == Tags(hasVolumeCarePolicy: isPresent))
    }

    @Test("tags have the final value of a repeated name")
    func duplicates() {
        #expect(Self.tags(#"{"virt":"a","pve-vm":"1","virt":"pve","pve-vm":null}"#) == Tags(virt: "pve"))
    }

    @Test("tags come from the second of two `tags` members")
    func secondMap() {
        func tags(_ second: String) -> Tags? {
            Listing(
                element: #"{"tags":{"virt":"pve","pve-vm":"1"},"name":"n","globalId":"g","size":1,"tags":\#(second)}"#
            ).elements.first?.tags
        }
        #expect(tags(#"{"pve":"s"}"#) == Tags(storage: "s"))
        #expect(tags("null") == Tags())
        #expect(tags("[1]") == Tags())
    }

    @Test("tags are correct if values repeat those of previous objects")
    func repeated() {
        func element(_ tags: String) -> String { #"{"name":"n","globalId":"g","size":1,"tags":{\#(tags)}}"# }
        let long = String(repeating: "x", count: 24)
        let values = ["a", "a", "", "a", "b", "b", long, long, long + "1", long + "2", long + "2", "a"]
        let listing = Listing(
            element: values.map { element(#""virt":"\#($0)","pve-vm":"\#($0)""#) }.joined(separator: ","))
        #expect(listing.elements.map(\.tags.virt) == values)
        #expect(listing.elements.map(\.tags.vmid) == values)
    }
}
