import Testing

@testable import Simulator

@Suite("Replies of the simulator")
struct ReplyTests {
    private func router(objects: Int = 500) -> RequestRouter {
        var options = SimulatedCluster.Options()
        options.objects = objects
        return RequestRouter(cluster: SimulatedCluster(options: options), token: "7", controlPrefix: "/control")
    }

    private func request(_ path: String, method: String = "GET", token: String = "7") -> SimulatorRequest {
        SimulatorRequest(method: method, path: path, authorization: "Storpool v1:\(token)")
    }

    private func text(_ reply: Reply) -> String {
        var writer = ReplyWriter(reply)
        var bytes: [UInt8] = []
        while true {
            // With this odd size, portions end at any byte of a value.
            let portion = writer.pending().prefix(1_237)
            if portion.isEmpty { break }
            bytes.append(contentsOf: portion)
            writer.consume(portion.count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("the declared length equals that of the body", arguments: ManagementAPI.calls.dropLast(2), [0, 1, 500])
    func lengthIsRight(call: String, objects: Int) throws {
        let sent = text(router(objects: objects).reply(to: request("/ctrl/1.0/\(call)"), at: 0).reply)
        let parts = sent.split(separator: "\r\n\r\n", maxSplits: 1)
        let body = try #require(parts.last)
        #expect(parts[0].contains("Content-Length: \(body.utf8.count)"))
        #expect(body.hasPrefix("{\"generation\":") && body.hasSuffix("}") && !body.contains("[,"))
    }

    @Test("an updated list equals a newly rendered list", arguments: [1 << 30, 0])
    func incrementalRenderingAgrees(cacheLimit: Int) {
        let cluster = router(objects: 900).cluster
        let kept = RenderedList(form: ObjectFormat(), cacheLimit: cacheLimit)
        for _ in 0..<5 {
            cluster.step(changes: 60, seconds: 1)
            let list = cluster.store.snapshots
            let fresh = RenderedList(form: ObjectFormat())
            let bytes = kept.pieces(of: list).map { $0.rendered() }
            #expect(bytes == fresh.pieces(of: list).map { $0.rendered() })
            #expect(kept.pieces(of: list).map(\.length) == bytes.map(\.count))
        }
    }

    @Test("later changes of the cluster do not affect a reply")
    func replyIsASnapshot() {
        let cluster = router(objects: 900).cluster
        let uncached = RenderedList(form: ObjectFormat(), cacheLimit: 0)
        let body = ReplyBody(before: [], elements: uncached.pieces(of: cluster.store.volumes), after: [])
        let before = body.allBytes
        cluster.step(changes: 500, seconds: 60)
        #expect(body.allBytes == before)
        #expect(body.allBytes.count == body.length)
    }

    @Test(
        "a request path is parsed into call, argument and cluster",
        arguments: [
            ("/ctrl/1.0/VolumesList", "VolumesList - false -"), ("/ctrl/1.0/Volume/~a.b.c", "Volume ~a.b.c false -"),
            ("/ctrl/1.0/MultiCluster/VolumesList", "VolumesList - true -"),
            ("/ctrl/1.0/RemoteCommand/~n.b/MultiCluster/Volume/x", "Volume x true ~n.b"),
            ("/ctrl/1.0/MultiCluster/RemoteCommand/n/VolumesList", "RemoteCommand n/VolumesList true -"),
        ])
    func targets(path: String, meaning: String) throws {
        let target = try #require(ManagementAPI.Target(path: path))
        #expect("\(target.call) \(target.argument ?? "-") \(target.isMultiCluster) \(target.remote ?? "-")" == meaning)
    }

    @Test(
        "unknown calls and wrong tokens get an API error",
        arguments: [
            ("/ctrl/1.0/VolumesList", "GET", "8", 403), ("/ctrl/1.0/Nonsense", "GET", "7", 404),
            ("/ctrl/1.0/VolumesList", "POST", "7", 405), ("/elsewhere", "GET", "7", 404),
            ("/ctrl/1.0/RemoteCommand/other/VolumesList", "GET", "7", 404),
            ("/ctrl/1.0/MultiCluster/ServicesList", "GET", "7", 404),
            ("/ctrl/1.0/Volume/~nzkr.b.zzzzzz", "GET", "7", 404), ("/ctrl/1.0/", "GET", "7", 404),
        ])
    func errors(path: String, method: String, token: String, status: Int) {
        let sent = text(router(objects: 10).reply(to: request(path, method: method, token: token), at: 0).reply)
        #expect(sent.hasPrefix("HTTP/1.0 \(status) "))
        #expect(sent.contains("{\"error\":{\"name\":"))
    }

    @Test("numbers and strings are rendered as JSON")
    func jsonTexts() {
        var bytes: [UInt8] = []
        for number: UInt64 in [0, 7, 10, 1_234_567_890, .max] {
            bytes.number(number)
            bytes.append(UInt8(ascii: " "))
        }
        bytes.string("a\"b\\c\n\u{1f}é")
        let expected = "0 7 10 1234567890 18446744073709551615 \"a\\\"b\\\\c\\u000a\\u001fé\""
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
