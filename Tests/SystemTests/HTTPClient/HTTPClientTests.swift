import Glibc
import System
import TestSupport
import Testing

@Suite struct HTTPClientTests {
    @Test("A reply arrives with its status, body and length")
    func ok() throws {
        let fixture = try Fixture(.json(#"{"generation":1,"data":[]}"#))
        let fetch = try fixture.fetch()
        #expect(fetch.text == #"{"generation":1,"data":[]}"#)
        #expect(fetch.status == 200)
        let outcome = try #require(fetch.outcome)
        #expect(outcome.status == 200 && outcome.receivedBytes == 26)
        let head = try #require(fixture.server.requests.first).split(separator: "\r\n").map(String.init)
        #expect(head.first == "GET /ctrl/1.0/VolumesList HTTP/1.1")
        #expect(head.contains("Authorization: Storpool v1:\(secret)"))
        #expect(head.contains("User-Agent: storpool-pve-exporter/1.2.3"))
        #expect(!head.contains { $0.lowercased().hasPrefix("accept-encoding:") })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: String
        var status: Int
        var body: String
    }

    @Test(
        "Every form of a complete reply is received",
        arguments: [
            Case(testDescription: "HTTP/1.0, closed", reply: "HTTP/1.0 200 OK\r\n\r\nabc", status: 200, body: "abc"),
            Case(testDescription: "no length, closed", reply: "HTTP/1.1 200 OK\r\n\r\nabc", status: 200, body: "abc"),
            Case(
                testDescription: "chunked",
                reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                status: 200,
                body: "abc"),
            Case(
                testDescription: "empty", reply: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, body: ""),
            Case(
                testDescription: "error status", reply: "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
                status: 503,
                body: "busy"),
            Case(
                testDescription: "a redirect is not followed",
                reply: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno",
                status: 302,
                body: "no"),
            Case(
                testDescription: "interim reply first",
                reply: "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", status: 200, body: "x"
            ),
            Case(
                testDescription: "no compression is undone",
                reply: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", status: 200,
                body: "abc"),
        ])
    func whole(reply: Case) throws {
        let fetch = try Fixture(Reply(reply.reply)).fetch()
        #expect(fetch.text == reply.body)
        #expect(fetch.outcome?.status == reply.status)
        #expect(fetch.outcome?.receivedBytes == UInt64(reply.body.utf8.count))
    }

    @Test("A reply that arrives byte by byte is complete")
    func slow() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8)
        let fetch = try Fixture(Reply(parts: bytes.map { [$0] }, delay: .microseconds(100))).fetch()
        #expect(fetch.text == "hello")
        #expect(fetch.outcome?.receivedBytes == 5)
    }

    @Test("A large body arrives in several parts")
    func large() throws {
        let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let head = [UInt8]("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        let fetch = try Fixture(Reply(parts: [head, body])).fetch()
        #expect(fetch.body == body)
        #expect(fetch.calls >= body.count / (16 * 1024))
    }

    @Test("A long body does not block other event sources")
    func sharesTurns() throws {
        let body = [UInt8](repeating: 0x20, count: 2_000_000)
        let head = [UInt8]("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        let fixture = try Fixture(Reply(parts: [head, body]))
        let fetch = Fetch()
        try fixture.start(fetch)
        var largest = 0
        while fetch.result == nil {
            let before = fetch.body.count
            try #require(try fixture.loop.runOnce(timeout: patience), "no source became ready in time")
            largest = max(largest, fetch.body.count - before)
        }
        #expect(fetch.body == body)
        // The limit is 128 KiB per turn. The final buffer of up to 64 KiB may exceed it.
        #expect(largest <= 192 * 1024)
    }

    @Test("Several transfers at once do not disturb each other")
    func concurrent() throws {
        let fixture = try Fixture(.json("x"))
        let hanging = try LocalServer(loop: fixture.loop, reply: Reply("HTTP/1.1 200 OK\r\n\r\n", then: .hang))
        let stuck = Fetch()
        try fixture.start(stuck, fixture.request(url: hanging.url))
        let fetches = (0..<3).map { _ in Fetch() }
        for fetch in fetches { try fixture.start(fetch) }
        try fixture.turn { fetches.allSatisfy { $0.result != nil } && hanging.requests.count == 1 }
        #expect(fetches.allSatisfy { $0.text == "x" })
        #expect(stuck.result == nil)
    }

    @Test("200 transfers in a row leave no descriptor behind")
    func leaksNothing() async {
        // This test runs in its own process, because other tests open descriptors.
        await #expect(processExitsWith: .success) {
            let fixture = try Fixture(.json("x"))
            _ = try fixture.fetch()
            try fixture.turn { fixture.server.openConnections == 0 }
            let before = try openDescriptors().count
            let fetch = Fetch()
            var failure: (any Error)?
            fetch.onCompletion = { [unowned fetch] in
                guard fetch.completions < 200 else { return }
                do { try fixture.start(fetch) } catch { failure = error }
            }
            try fixture.start(fetch)
            try fixture.turn { fetch.completions == 200 || failure != nil }
            #expect(failure == nil)
            #expect(fetch.text == String(repeating: "x", count: 200))
            try fixture.turn { fixture.server.openConnections == 0 }
            #expect(fixture.server.requests.count == 201)
            let after = try openDescriptors().count
            #expect(after < before + ownDescriptors)
        }
    }

    @Test("200 failed transfers leave no descriptor behind")
    func failuresLeakNothing() async {
        // This test runs in its own process, because other tests open descriptors.
        await #expect(processExitsWith: .success) {
            let replies = [
                Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", then: .reset), Reply("junk\r\n\r\n"),
                .json("x"),
            ]
            let fixtures = try replies.map(Fixture.init)
            for fixture in fixtures { _ = try fixture.fetch() }
            for fixture in fixtures { try fixture.turn { fixture.server.openConnections == 0 } }
            let before = try openDescriptors().count
            for index in 0..<200 { _ = try fixtures[index % fixtures.count].fetch() }
            for fixture in fixtures { try fixture.turn { fixture.server.openConnections == 0 } }
            let after = try openDescriptors().count
            #expect(after < before + ownDescriptors)
        }
    }

    @Test("The environment does not redirect the request to a proxy")
    func noProxy() async {
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            setenv("ALL_PROXY", "http://127.0.0.1:1", 1)
            let fetch = try Fixture(.json("x")).fetch()
            #expect(fetch.text == "x")
        }
    }
}
