import StorPool
import TestSupport
import Testing

@Suite("Template list reader")
struct TemplateListReaderTests {
    @Test("the reader reads estimates of client data of templates")
    func example() {
        let listing = Listing(templates: Reply.templates)
        #expect(
            listing.elements == [
                TemplateStatus(
                    name: "nvme", capacity: 10_995_116_277_760, free: 5_497_558_138_880, stored: 4_398_046_511_104,
                    provisioned: 9_895_604_649_984),
                TemplateStatus(name: "old"),
            ])
        #expect(listing.summary?.malformed == 0)
    }

    @Test(
        "the reader counts templates without a name as malformed",
        arguments: [
            "{}", #"{"name":null}"#, #"{"name":""}"#, #"{"name":7,"size":1}"#, "null", "[]", #"{"name":["a"]}"#,
        ])
    func nameless(_ element: String) {
        let listing = Listing(templates: #"{"data":[\#(element),{"name":"a"}]}"#)
        #expect(listing.elements == [TemplateStatus(name: "a")])
        #expect(listing.summary?.malformed == 1)
    }

    @Test(
        "the reader ignores values that are not non-negative integers",
        arguments: ["null", #""-""#, "-1", "1.5", "18446744073709551616", "true", "[1]", #"{"capacity":1}"#])
    func oddNumbers(_ value: String) {
        let listing = Listing(
            templates: #"{"data":[{"name":"a","size":\#(value),"storedSize":\#(value),"#
                + #""stored":{"capacity":\#(value),"free":\#(value)}}]}"#)
        #expect(listing.elements == [TemplateStatus(name: "a")])
    }

    @Test("the reader ignores estimates that are not an object", arguments: ["null", "7", "[1]", #""x""#, "{}"])
    func oddEstimates(_ value: String) {
        let element = #"{"name":"a","stored":{"capacity":1,"free":2},"stored":\#(value)}"#
        #expect(Listing(templates: #"{"data":[\#(element)]}"#).elements == [TemplateStatus(name: "a")])
    }

    @Test("the reader clears all fields before the next template")
    func fresh() {
        let listing = Listing(
            templates: #"{"data":[{"name":"a","size":1,"storedSize":2,"stored":{"capacity":3,"free":0}},{"name":"b"}]}"#
        )
        #expect(
            listing.elements == [
                TemplateStatus(name: "a", capacity: 3, free: 0, stored: 2, provisioned: 1), TemplateStatus(name: "b"),
            ])
    }
}
