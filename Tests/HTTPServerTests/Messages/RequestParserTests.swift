import HTTPServer
import TestSupport
import Testing

@Suite struct RequestParserTests {
    static let good = [
        Sample("plain", "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("two in a row", "GET /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a:1\r\n\r\n"),
        Sample("empty line first", "\r\nGET / HTTP/1.0\r\n\r\n"),
        Sample(
            "no content",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("absolute form", "GET http://b:80/metrics?x HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let bad = [
        Sample("bare line feed", "GET / HTTP/1.1\nHost: a\n\n"),
        Sample("bare carriage return", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
        Sample("folded", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"),
        Sample("TLS", "\u{16}\u{03}\u{01}"),
        Sample("content", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        Sample("chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        Sample("long target", "GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\n\r\n"),
    ]

    @Test("The result does not depend on how a request is split", arguments: good + bad)
    func splits(_ sample: Sample) {
        let bytes = Array(sample.text.utf8)
        let whole = outcomes(of: [bytes])
        #expect(!whole.isEmpty)
        for split in bytes.indices where split < 300 || split > bytes.count - 300 {
            #expect(outcomes(of: [Array(bytes[..<split]), Array(bytes[split...])]) == whole, "split at \(split)")
        }
        #expect(outcomes(of: bytes.map { [$0] }) == whole, "byte by byte")
    }

    @Test("The result does not depend on how damaged requests are split", arguments: good)
    func damaged(_ sample: Sample) {
        // A fixed sequence of random numbers makes failures reproducible.
        var seed: UInt32 = 1
        func random(below bound: Int) -> Int {
            seed = seed &* 1_664_525 &+ 1_013_904_223
            return Int(seed >> 8) % max(1, bound)
        }
        let interesting = Array("\r\n\t :;,0fF/%*\"\u{0}\u{7f}é".utf8)
        for _ in 0..<1000 {
            var bytes = Array(sample.text.utf8)
            for _ in 0...random(below: 3) {
                let index = random(below: bytes.count)
                switch random(below: 3) {
                case 0: bytes[index] = interesting[random(below: interesting.count)]
                case 1: bytes.insert(interesting[random(below: interesting.count)], at: index)
                default: bytes.remove(at: index)
                }
            }
            let split = random(below: bytes.count)
            #expect(outcomes(of: [Array(bytes[..<split]), Array(bytes[split...])]) == outcomes(of: [bytes]))
        }
    }

    @Test("Pipelined requests are read in order")
    func pipelining() {
        let read = requests(in: Self.good.map(\.text).joined())
        #expect(read.map(\.path) == ["/metrics", "/a", "/b", "/", "/", "/next", "/metrics"])
        #expect(read.map(\.method.rawValue) == ["GET", "GET", "HEAD", "GET", "POST", "GET", "GET"])
        #expect(read.map(\.minorVersion) == [1, 1, 1, 0, 1, 1, 1])
    }

    @Test("Field names are in lower case and values trimmed")
    func fields() throws {
        let request = try #require(
            requests(in: "GET / HTTP/1.1\r\nHOST:a\r\nX-One: \t b c \t\r\nx-one:\r\nEmpty:\r\n\r\n").first)
        #expect(request.fields["host"] == "a")
        #expect(request.fields.values(of: "x-one") == ["b c", ""])
        #expect(request.fields["x-one"] == "b c, ")
        #expect(request.fields["empty"]?.isEmpty == true)
        #expect(request.fields["none"] == nil)
    }

    @Test(
        "HTTP version and fields decide whether a connection is kept",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
            ("HTTP/1.1", "Connection: x, Close\r\n", false),
            ("HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false),
            ("HTTP/1.1", "Connection: closed\r\n", true), ("HTTP/1.0", "", false),
            ("HTTP/1.0", "Connection: Keep-Alive\r\n", true), ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
            ("HTTP/1.7", "", true),
        ])
    func keepAlive(_ version: String, _ field: String, _ expected: Bool) throws {
        let request = try #require(requests(in: "GET / \(version)\r\nHost: a\r\n\(field)\r\n").first)
        #expect(request.keepsAlive == expected)
    }

    @Test("Between requests, the parser is idle")
    func idle() {
        var parser = RequestParser()
        #expect(parser.isIdle)
        func feed(_ text: String) -> RequestParser.Outcome {
            parser.consume(Array(text.utf8).span).outcome
        }
        #expect(feed("\r\n") == .incomplete)
        #expect(parser.isIdle)
        #expect(feed("G") == .incomplete)
        #expect(!parser.isIdle)
        #expect(feed("ET / HTTP/1.1\r\nHost: a\r\n\r") == .incomplete)
        #expect(!parser.isIdle)
        guard case .request = feed("\n") else {
            Issue.record("the request did not end")
            return
        }
        #expect(parser.isIdle)
    }

    @Test(
        "Malformed requests are refused with their reason",
        arguments: [
            ("GET /\r\n\r\n", RequestFailure.malformedRequestLine), ("GET  / HTTP/1.1\r\n\r\n", .malformedRequestLine),
            ("GET / HTTP/1.1 \r\n\r\n", .malformedRequestLine), (" GET / HTTP/1.1\r\n\r\n", .malformedRequestLine),
            ("G@T / HTTP/1.1\r\n\r\n", .malformedRequestLine), ("GET\r\n\r\n", .malformedRequestLine),
            ("GET / http/1.1\r\n\r\n", .malformedRequestLine), ("GET / HTTP/11\r\n\r\n", .malformedRequestLine),
            ("GET / HTTP/1.1x\r\n\r\n", .malformedRequestLine), ("GET\t/ HTTP/1.1\r\n", .malformedRequestLine),
            ("\r\n\r\n\r\n", .malformedRequestLine), ("GET / HTTP/2.0\r\n\r\n", .unsupportedVersion),
            ("GET / HTTP/0.9\r\n\r\n", .unsupportedVersion), ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion),
            ("GET / HTTP/1.1\n", .bareLineEnd), ("\n", .bareLineEnd), ("GET / HTTP/1.1\r\nA: b\n", .bareLineEnd),
            ("GET / HTTP/1.1\r\rA", .bareLineEnd), ("GET / HTTP/1.1\r\nA: b\rc\r\n", .bareLineEnd),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n", .malformedField),
            ("GET / HTTP/1.1\r\nnothing\r\n\r\n", .malformedField), ("GET / HTTP/1.1\r\n: b\r\n\r\n", .malformedField),
            ("GET / HTTP/1.1\r\nA: \u{0}\r\n\r\n", .malformedField),
            ("GET / HTTP/1.1\r\nÄ: b\r\n\r\n", .malformedField), ("GET / HTTP/1.1\r\n A: b\r\n\r\n", .foldedField),
            ("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", .foldedField), ("GET / HTTP/1.1\r\n\r\n", .hostMissing),
            ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .hostRepeated),
            ("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", .hostRepeated),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .hostInvalid),
            ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .hostInvalid),
            ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .hostInvalid),
            ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .hostInvalid),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .hostInvalid),
            ("GET / HTTP/1.1\r\nHost: a,b%2\r\n\r\n", .hostInvalid),
        ])
    func refused(_ text: String, _ expected: RequestFailure) {
        #expect(outcomes(of: text) == [.failure(expected)])
    }

    @Test(
        "The Host field may have any host that a URI may have",
        arguments: ["", "a", "a:", "a:80", "[::1]", "[::1]:80", "a%20b", "127.0.0.1:1"])
    func hosts(_ host: String) {
        #expect(requests(in: "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").count == 1)
    }

    @Test("A request at a limit is accepted, and a larger one refused")
    func bounds() {
        var limits = MessageLimits()
        limits.requestLineBytes = 30
        limits.fieldBytes = 60
        limits.fieldCount = 3
        func request(target: Int = 1, fields: Int = 0, padding: Int = 0) -> String {
            "GET /" + String(repeating: "a", count: target - 1) + " HTTP/1.1\r\nHost: a\r\n"
                + String(repeating: "A: b\r\n", count: fields) + "P: " + String(repeating: "p", count: padding)
                + "\r\n\r\n"
        }
        #expect(failure(of: request(target: 17), limits: limits) == nil)
        #expect(failure(of: request(target: 18), limits: limits) == .targetTooLong)
        #expect(failure(of: request(fields: 1), limits: limits) == nil)
        #expect(failure(of: request(fields: 2), limits: limits) == .tooManyFields)
        #expect(failure(of: request(padding: 44), limits: limits) == nil)
        #expect(failure(of: request(padding: 45), limits: limits) == .fieldsTooLarge)
        let method = String(repeating: "M", count: limits.methodBytes)
        #expect(failure(of: method + " / HTTP/1.0\r\n\r\n") == nil)
        #expect(failure(of: method + "M / HTTP/1.0\r\n\r\n") == .methodTooLong)
        #expect(
            failure(of: String(repeating: "\r\n", count: limits.leadingEmptyLines) + "GET / HTTP/1.0\r\n\r\n") == nil)
    }

    @Test("The parser consumes no byte after a failure")
    func afterFailure() {
        var parser = RequestParser()
        #expect(parser.consume(Array("\n".utf8).span).outcome == .failure(.bareLineEnd))
        let (taken, outcome) = parser.consume(Array("GET / HTTP/1.0\r\n\r\n".utf8).span)
        #expect(taken == 0)
        #expect(outcome == .failure(.bareLineEnd))
    }

    @Test("Failures have the status codes of the RFCs", arguments: RequestFailure.allCases)
    func statuses(_ failure: RequestFailure) throws {
        #expect(failure.status.rawValue == Self.statuses[failure])
        #expect(!failure.status.reasonPhrase.isEmpty)
        #expect(failure.explanation.hasSuffix("."))
    }

    private static let statuses: [RequestFailure: UInt16] = [
        .malformedRequestLine: 400, .methodTooLong: 501, .targetTooLong: 414, .invalidTarget: 400,
        .unsupportedVersion: 505, .bareLineEnd: 400, .malformedField: 400, .foldedField: 400, .fieldsTooLarge: 431,
        .tooManyFields: 431, .hostMissing: 400, .hostRepeated: 400, .hostInvalid: 400, .framingInvalid: 400,
        .hasContent: 413,
    ]

    @Test(
        "The method is known even if parsing fails later",
        arguments: [
            ("", nil), ("HEAD", nil), ("\r\nHEAD ", "HEAD"), ("HEAD / HTTP/1.1\r\nHost: a\r\n", "HEAD"),
            ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", "HEAD"),
            ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", nil), ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nG", nil),
            ("HEAD / HTTP/1.1\r\n\r\n", "HEAD"), ("HEAD  / HTTP/1.1\r\n", "HEAD"), ("HE@D", nil), ("\n", nil),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", "POST"),
        ])
    func method(_ text: String, _ expected: String?) {
        var parser = RequestParser()
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            let (taken, outcome) = parser.consume(rest.span)
            if case .failure = outcome { break }
            rest.removeFirst(taken)
        }
        #expect(parser.method?.rawValue == expected)
    }
}
