import StorPool
import TestSupport
import Testing

@Suite("List reader")
struct ListReaderTests {
    private static let element = #"{"name":"n","globalId":"g","size":1}"#

    @Test(
        "the reader skips members other than data",
        arguments: [
            #"{"data":[E]}"#, #"{"generation":1,"data":[E]}"#, #"{"data":[E],"generation":1}"#,
            #"{"generation":"x","data":[E]}"#, #"{"generation":null,"data":[E]}"#, #"{"generation":-1,"data":[E]}"#,
            #"{"generation":{"data":[],"error":1},"data":[E]}"#, #"{"generation":[1e9],"data":[E],"z":{"error":{}}}"#,
            #"  {  "data"  :  [  E  ]  }  "#, #"{"d\u0061ta":[E]}"#, #"{"errors":{},"data":[E],"Data":7,"error ":1}"#,
        ])
    func tolerant(_ reply: String) {
        let listing = Listing(reply.replacing("E", with: Self.element))
        #expect(listing.error == nil)
        #expect(listing.elements.map(\.name) == ["n"])
    }

    @Test(
        "the reader refuses data that is not a list",
        arguments: ["null", "7", #""text""#, "true", "{}", #"{"a":[1,{"data":[]}],"b":2}"#])
    func oddData(_ data: String) {
        for reply in [#"{"data":\#(data)}"#, #"{"data":\#(data),"generation":1}"#] {
            guard case .unexpected(let what, _) = Listing(reply).error else {
                Issue.record("\(reply): \(Listing(reply))")
                continue
            }
            #expect(what == "the reply's data is not a list")
        }
    }

    @Test("the reader refuses a reply without `data`", arguments: ["{}", #"{"generation":1}"#, #"{"x":{"data":[]}}"#])
    func noData(_ reply: String) {
        let error = Listing(reply).error
        #expect(error == .unexpected("the reply has no member \"data\"", offset: UInt64(reply.utf8.count)))
        #expect(error?.description == "the reply has no member \"data\" at byte \(reply.utf8.count)")
    }

    @Test(
        "the reader refuses a reply that is not an object",
        arguments: ["[]", #"[{"data":[]}]"#, "null", "7", "7 ", #""x""#, "true"])
    func noObject(_ reply: String) {
        #expect(Listing(reply).error == .unexpected("the reply is not a JSON object", offset: 0))
    }

    @Test(
        "the reader refuses a second data member",
        arguments: [
            #"{"data":[],"data"#, #"{"data":null,"data"#, #"{"data":[{"name":"a","globalId":"a","size":1},7],"data"#,
            #"{"data":{},"x":1,"d\u0061ta"#,
        ])
    func secondData(_ reply: String) {
        let offset = UInt64(reply.utf8.count + 1)
        let error = ReplyError.unexpected("the reply has a second data member", offset: offset)
        #expect(Listing(reply + #"":[]}"#).error == error)
    }

    @Test(
        "the reader refuses bytes after the end of the reply",
        arguments: [#"{"data":[]}x"#, #"{"data":[]}{"data":[]}"#, "{\"data\":[]}\0", #"{"error":{}} 1"#])
    func trailing(_ reply: String) {
        guard case .malformed = Listing(reply).error else {
            Issue.record("\(Listing(reply))")
            return
        }
    }

    @Test("the error about an HTML page or empty reply has the offset")
    func html() {
        #expect(
            Listing("<html>503</html>").error?.description == "the reply is not valid JSON: unexpected byte at byte 0")
        #expect(Listing("").error?.description == "the reply is not valid JSON: unexpected end at byte 0")
    }
}

@Suite("API errors")
struct APIErrorTests {
    @Test(
        "API errors are recognized in any form",
        arguments: [
            (#"{"name":"busy","descr":"later","transient":true}"#, "busy", "later", true),
            (#"{"descr":"later","transient":false,"name":"busy"}"#, "busy", "later", false),
            (#"{"name":"busy"}"#, "busy", nil, false), (#"{"descr":"later"}"#, nil, "later", false),
            ("{}", nil, nil, false), (#"{"name":7,"descr":null,"transient":"true"}"#, nil, nil, false),
            (#"{"name":["x"],"descr":{"name":"y"},"transient":1}"#, nil, nil, false),
            (#"{"more":{"name":"x","descr":"y"},"name":"busy"}"#, "busy", nil, false),
            (#""no such volume""#, nil, "no such volume", false), ("null", nil, nil, false), ("7", nil, nil, false),
            ("true", nil, nil, false), ("[]", nil, nil, false), (#"[{"name":"x"}]"#, nil, nil, false),
        ] as [(String, String?, String?, Bool)])
    func shapes(_ error: String, _ name: String?, _ descr: String?, _ isTransient: Bool) {
        var expected = APIError()
        (expected.name, expected.descr, expected.isTransient) = (name, descr, isTransient)
        let element = #"{"name":"n","globalId":"g","size":1}"#
        for reply in [
            #"{"error":\#(error)}"#, #"{"generation":1,"error":\#(error)}"#, #"{"error":\#(error),"generation":1}"#,
            #"{"data":[\#(element)],"error":\#(error)}"#, #"{"error":\#(error),"data":[\#(element)]}"#,
            #"{"error":\#(error),"data":null}"#, #"{"data":7,"error":\#(error)}"#,
        ] {
            guard case .refused(let found, _) = Listing(reply).error else {
                Issue.record("\(reply): \(Listing(reply))")
                continue
            }
            #expect(found == expected, "\(reply)")
        }
    }

    @Test(
        "the description of an API error has its name and text",
        arguments: [
            (Reply.error, "StorPool API error busy: Starting\n\"soon\" (transient) (at byte 10)"),
            (#"{"error":{}}"#, "StorPool API error without a name (at byte 10)"),
            (#"{"error":{"name":"objectDoesNotExist"}}"#, "StorPool API error objectDoesNotExist (at byte 10)"),
        ])
    func description(_ reply: String, _ text: String) {
        #expect(Listing(reply).error?.description == text)
    }

    @Test("API errors are reported if the reply is cut after them")
    func cut() {
        guard case .refused(let error, _) = Listing(#"{"error":{"name":"busy"},"da"#).error else {
            Issue.record("not refused")
            return
        }
        #expect(error.name == "busy")
    }

    @Test(
        "truncated API errors are reported as invalid JSON",
        arguments: [
            #"{"error":{"#, #"{"error":{"name":"bu"#, #"{"error":{"name":"busy""#, #"{"error":{"name":"busy","descr":"#,
            #"{"error":{"name":"busy","x":[1"#, #"{"error":"bus"#,
        ])
    func cutInside(_ reply: String) {
        #expect(
            Listing(reply).error?.description
                == "the reply is not valid JSON: unexpected end at byte \(reply.utf8.count)")
    }
}

@Suite("Replies in pieces")
struct ArrivalTests {
    private static let replies: [String: String] = [
        "volumes": Reply.volumes, "snapshots": Reply.snapshots, "space": Reply.space, "odd": Reply.odd,
        "error": Reply.error,
        "error after data": #"{"data":[{"name":"n","globalId":"g","size":1}],"error":{"name":"x"}}"#,
        "a scalar": "17", "no list": #"{"data":{"a":[1,2]},"x":1}"#, "broken": #"{"data":[{"name":"n","glob"#,
        "invalid": #"{"data":[{"name":"n","size":01}]}"#,
    ]

    @Test("the result does not depend on where a reply is split", arguments: replies.keys.sorted())
    func cut(_ name: String) throws {
        let text = Array(try #require(Self.replies[name]).utf8)
        let whole = Listing([text])
        #expect(Listing(text.map { [$0] }) == whole)
        for cut in 0...text.count { #expect(Listing([Array(text[..<cut]), Array(text[cut...])]) == whole) }
    }

    @Test("the result does not depend on where templates are split")
    func cutTemplates() {
        let text = Array(Reply.templates.utf8)
        let whole = Listing([text], TemplateListReader())
        #expect(whole.elements.count == 2)
        #expect(Listing(text.map { [$0] }, TemplateListReader()) == whole)
        for cut in 0...text.count {
            #expect(Listing([Array(text[..<cut]), Array(text[cut...])], TemplateListReader()) == whole)
        }
    }

    @Test("every truncated reply is refused", arguments: replies.keys.sorted())
    func truncated(_ name: String) throws {
        let text = Array(try #require(Self.replies[name]).utf8)
        for end in 0..<text.count {
            let listing = Listing([Array(text[..<end])])
            #expect(listing.error != nil)
            #expect(listing.summary == nil)
        }
    }

    @Test("the reader delivers an element at its closing brace")
    func early() throws {
        var reader = ObjectListReader(of: .volume)
        var names: [String] = []
        let text = #"{"data":[{"name":"a","globalId":"g","size":1}"#
        try reader.read(Array(text.utf8.dropLast()).span.bytes) { names.append($0.name) }
        #expect(names.isEmpty)
        try reader.read(Array("}".utf8).span.bytes) { names.append($0.name) }
        #expect(names == ["a"])
    }
}
