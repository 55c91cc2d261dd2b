import Glibc
import System
import Testing

@Suite struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: String
        var ending = Reply.Ending.close
        var codes: [String]
    }

    @Test(
        "A broken reply is an HTTP error with curl's code",
        arguments: [
            Case(testDescription: "empty reply", reply: "", codes: ["CURLE_GOT_NOTHING"]),
            Case(
                testDescription: "shorter than its length",
                reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", codes: ["CURLE_PARTIAL_FILE"]),
            Case(
                testDescription: "incomplete chunk",
                reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", codes: ["CURLE_PARTIAL_FILE"]),
            Case(
                testDescription: "reset within the body",
                reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ending: .reset, codes: ["CURLE_RECV_ERROR"]),
            Case(testDescription: "reset at once", reply: "", ending: .reset, codes: ["CURLE_RECV_ERROR"]),
            Case(
                testDescription: "invalid chunk size",
                reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", codes: ["CURLE_RECV_ERROR"]),
        ])
    func broken(reply: Case) throws {
        let fetch = try Fixture(Reply(reply.reply, then: reply.ending)).fetch()
        #expect(fetch.kind == "http")
        let text = try #require(fetch.error?.description)
        // Different versions of curl return different codes.
        #expect(reply.codes.contains { text.hasSuffix("(\($0))") }, "\(text)")
    }

    @Test(
        "A reply that is not HTTP has its own error",
        arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\nabc"])
    func notHTTP(reply: String) throws {
        let fetch = try Fixture(Reply(reply)).fetch()
        #expect(fetch.kind == "notHTTP")
        #expect(fetch.error?.description.hasSuffix("(CURLE_UNSUPPORTED_PROTOCOL)") == true)
    }

    @Test(
        "Transfer codings other than chunked are refused",
        arguments: [
            "Transfer-Encoding: gzip, chunked", "transfer-encoding:GZIP", "TRANSFER-ENCODING: chunked, gzip ",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: deflate",
            "Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding : gzip",
        ])
    func transferCoding(lines: String) throws {
        let fetch = try Fixture(Reply("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n1\r\nx\r\n0\r\n\r\n")).fetch()
        #expect(fetch.error == .http("the reply has a Transfer-Encoding other than chunked"))
        #expect(fetch.calls == 0)
    }

    @Test(
        "Transfer-Encoding chunked is recognized in any case",
        arguments: ["Transfer-Encoding: chunked", "TRANSFER-encoding:\tChunked "])
    func chunked(line: String) throws {
        let fetch = try Fixture(Reply("HTTP/1.1 200 OK\r\n\(line)\r\n\r\n1\r\nx\r\n0\r\n\r\n")).fetch()
        #expect(fetch.text == "x")
    }

    @Test("A closed port refuses the connection")
    func refused() throws {
        let fixture = try Fixture(.json("x"))
        var gone: LocalServer? = try LocalServer(loop: fixture.loop, reply: .json("x"))
        let url = try #require(gone?.url)
        gone = nil
        let fetch = try fixture.fetch(fixture.request(url: url))
        #expect(fetch.kind == "connection refused")
        #expect(fetch.error?.description.contains("CURLE_COULDNT_CONNECT") == true)
    }

    @Test("A host name that does not resolve is a connect error")
    func unresolvable() throws {
        let fixture = try Fixture(.json("x"))
        // A label of more than 63 bytes is invalid, so no DNS server is asked.
        let name = String(repeating: "a", count: 64) + ".invalid"
        let fetch = try fixture.fetch(fixture.request(url: "http://\(name)/"))
        #expect(fetch.kind == "connect")
    }

    @Test(
        "A peer that stops sending causes a timeout",
        arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
    func silent(reply: String) throws {
        let fixture = try Fixture(Reply(reply, then: .hang))
        let fetch = try fixture.fetch(fixture.request(timeout: .milliseconds(50)))
        #expect(fetch.kind == "timeout")
        #expect(fetch.error?.description.hasSuffix("(CURLE_OPERATION_TIMEDOUT)") == true)
        try fixture.turn { fixture.server.openConnections == 0 }
    }

    @Test("The timeout applies until the last byte")
    func trickle() throws {
        let head = [UInt8]("HTTP/1.1 200 OK\r\n\r\n".utf8)
        let parts = [head] + [[UInt8]](repeating: [0x20], count: 100_000)
        let fixture = try Fixture(Reply(parts: parts, delay: .milliseconds(1)))
        let fetch = try fixture.fetch(fixture.request(timeout: .milliseconds(100)))
        #expect(fetch.kind == "timeout")
    }

    @Test(
        "A body is accepted up to its limit and not beyond",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", 11, 10, false),
            ("HTTP/1.1 200 OK\r\n\r\n", 11, 10, false),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n", 11, 10, false),
            ("HTTP/1.1 200 OK\r\n\r\n", 1, 0, false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 10, 10, true),
            ("HTTP/1.1 200 OK\r\n\r\n", 10, 10, true),
            ("HTTP/1.1 200 OK\r\n\r\n", 0, 0, true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 10, UInt64.max, true),
        ] as [(String, Int, UInt64, Bool)])
    func tooLarge(head: String, count: Int, limit: UInt64, isAccepted: Bool) throws {
        let fixture = try Fixture(Reply(head + String(repeating: "x", count: count)))
        let fetch = try fixture.fetch(fixture.request(maximumBodyBytes: limit))
        #expect(fetch.error == (isAccepted ? nil : .tooLarge(limit: limit)))
        #expect(UInt64(fetch.body.count) <= limit)
    }

    @Test("A response head without an end is refused")
    func endlessHead() throws {
        let line = [UInt8]("X-Filler: \(String(repeating: "f", count: 1000))\r\n".utf8)
        let parts = [[UInt8]("HTTP/1.1 200 OK\r\n".utf8)] + [[UInt8]](repeating: line, count: 1000)
        let fetch = try Fixture(Reply(parts: parts)).fetch()
        #expect(fetch.kind == "http")
        #expect(fetch.calls == 0)
    }

    @Test("The receiver may stop the transfer")
    func stopped() throws {
        let fixture = try Fixture(Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", then: .hang))
        let fetch = Fetch()
        fetch.onBody = { .stop }
        try fixture.start(fetch)
        try fixture.turn { fetch.result != nil }
        #expect(fetch.error == .stopped)
        #expect(fetch.text == "abc")
        try fixture.turn { fixture.server.openConnections == 0 }
    }

    @Test(
        "An unusable request is refused before it is sent",
        arguments: [
            ("https://127.0.0.1/", "A: b"), ("file:///etc/passwd", "A: b"), ("http://127.0.0.1/\0", "A: b"),
            ("", "A: b"),
            ("http://127.0.0.1/", "A: b\r\nC: d"), ("http://127.0.0.1/", "A: b\0"),
        ])
    func unusable(url: String, header: String) throws {
        let client = try HTTPClient(loop: EventLoop(), userAgent: "x")
        let request = HTTPRequest(url: url, headers: [header], timeout: .seconds(1), maximumBodyBytes: 1)
        #expect {
            _ = try client.get(request, body: { _, _ in .more }, completion: { _ in })
        } throws: { error in
            guard case .internalFailure(let text) = error as? TransferError else { return false }
            return !text.isEmpty
        }
    }

    @Test(
        "No error contains the token, even if the peer sends it",
        arguments: [
            "", "Storpool v1:\(secret)\r\n", "HTTP/1.1 200 OK\r\nContent-Length: \(secret)\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\(secret)\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(secret)\r\n\r\nx",
            "HTTP/\(secret) 200 OK\r\n\r\n",
            "HTTP/1.1 \(secret) OK\r\n\r\n",
        ])
    func token(reply: String) throws {
        let fixture = try Fixture(Reply(reply))
        let fetch = try fixture.fetch(fixture.request(maximumBodyBytes: 10))
        #expect(!String(describing: fetch.result).contains(secret))
    }
}
