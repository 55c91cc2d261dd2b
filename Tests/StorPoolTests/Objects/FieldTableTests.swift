import StorPool
import TestSupport
import Testing

/// The reader remembers the order of members, which makes it faster. This must not change what it reads.
@Suite("Expected order of members")
struct FieldTableTests {
    /// Two elements of the same length. The second has different member names, so its order does not match the next
    /// element.
    private static let previousElements = [
        #"{"k":1,"name":"~a.b.c","size":5,"globalId":"a.b.c","tags":{"pve":"s","q":"1","virt":"pve"}}"#,
        #"{"j":1,"nbme":"~a.b.c","sizf":5,"globalIe":"a.b.c","tbgs":{"pvf":"s","r":"1","viru":"pve"}}"#,
    ]

    private static let rest = #""name":"~x.y.z","size":7,"globalId":"x.y.z","tags":{"pve":"t","q":"2","virt":"pve"}}"#

    @Test(
        "the expected order does not change what is read",
        arguments: [
            #"{"k":2,"#, #"{"k":"text","#, #"{"k":null,"#, #"{"k":true,"#, #"{"k":false,"#, #"{"k":0,"#,
            #"{"k":-1.5e3,"#,
            #"{"k":{},"#, #"{"k":[1,{"k":2}],"#, #"{"k":"\u0041\n","#, #"{"k":"é","#, #"{"k" : 2 , "#, #"{ "k":2,"#,
            "{",
            #"{"kk":2,"#, #"{"":2,"#, #"{"\u006b":2,"#, #"{"k":2,"k":3,"#,
            // Invalid JSON.
            #"{"k"2,"#, #"{"k":,"#, #"{"k":2"#, #"{"k":2x,"#, #"{"k":02,"#, #"{"k":-,"#, #"{"k":tru,"#, #"{"k":truex,"#,
            #"{"k":nul,"#, #"{"k":"text"x,"#, #"{"k":"text,"#, "{\"k\":\"\u{1}\",", #"{"k":"\x","#, #"{k":2,"#,
            #"{"k:2,"#,
            #"{,"k":2,"#, #"{"k":2,,"#, #"{"k":2},"#, #"{"k":2],"#, #"{"k":+1,"#, #"{"k":1.,"#,
        ])
    func next(_ beginning: String) {
        let texts = Self.previousElements.map { #"{"data":[\#($0),\#(beginning)\#(Self.rest)]}"# }
        let plain = Listing(texts[1])
        let learned = Listing(texts[0])
        #expect(learned.error == plain.error)
        #expect(learned.elements.dropFirst() == plain.elements[...])
        let text = Array(texts[0].utf8)
        #expect(Listing(text.map { [$0] }) == learned)
        for cut in 0...text.count { #expect(Listing([Array(text[..<cut]), Array(text[cut...])]) == learned) }
    }

    @Test(
        "the raw bytes of an escaped name do not match the name",
        arguments: [#"a\"b"#, #"a\\"#, #"a\u0000b"#, #"a\nb"#])
    func escaped(_ name: String) throws {
        let previous = #"{"\#(name)":1,"name":"~a.b.c","size":5,"globalId":"a.b.c"}"#
        let raw = name.replacing(#"\""#, with: "\"").replacing(#"\\"#, with: #"\"#).replacing(#"\u0000"#, with: "\0")
            .replacing(#"\n"#, with: "\n")
        let listing = Listing(#"{"data":[\#(previous),{"\#(raw)":1,"name":"~a.b.c","size":5,"globalId":"a.b.c"}]}"#)
        #expect(listing.elements.count == 1)
        guard case .malformed = listing.error else {
            Issue.record("accepted: \(listing)")
            return
        }
        #expect(Listing(#"{"data":[\#(previous),\#(previous)]}"#).elements.count == 2)
    }
}
