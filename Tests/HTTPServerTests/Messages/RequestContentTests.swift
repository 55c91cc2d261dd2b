import HTTPServer
import TestSupport
import Testing

@Suite struct RequestContentTests {
    private func post(_ fields: String, _ content: String = "", version: String = "HTTP/1.1") -> String {
        "POST / \(version)\r\nHost: a\r\n\(fields)\r\n\(content)"
    }

    @Test(
        "Content is refused as soon as the head is complete",
        arguments: [
            "Content-Length: 1\r\n", "Content-Length: 0003\r\n", "Content-Length: 99999999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: , CHUNKED,\r\n",
            "Transfer-Encoding: gzip, chunked\r\n", "Expect: 100-continue\r\nContent-Length: 1\r\n",
        ])
    func refused(_ fields: String) {
        #expect(outcomes(of: post(fields)) == [.failure(.hasContent)])
        #expect(outcomes(of: post(fields, "0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")) == [.failure(.hasContent)])
    }

    @Test(
        "A Content-Length of zero is accepted",
        arguments: ["Content-Length: 0\r\n", "Content-Length: 000\r\n", "Expect: 100-continue\r\n", ""])
    func empty(_ fields: String) {
        let read = requests(in: post(fields) + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(read.map(\.path) == ["/", "/next"])
        #expect(read.map(\.keepsAlive) == [true, true])
    }

    @Test(
        "Content of ambiguous length is refused",
        arguments: [
            ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", RequestFailure.framingInvalid),
            ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", .framingInvalid),
            ("Content-Length: 1\r\nContent-Length: 2\r\n", .framingInvalid),
            ("Content-Length: 0\r\nContent-Length: 0\r\n", .framingInvalid),
            ("Content-Length: 1, 1\r\n", .framingInvalid), ("Content-Length: +1\r\n", .framingInvalid),
            ("Content-Length: -1\r\n", .framingInvalid), ("Content-Length: 0x1\r\n", .framingInvalid),
            ("Content-Length:\r\n", .framingInvalid), ("Content-Length: 1 2\r\n", .framingInvalid),
            ("Content-Length: ١\r\n", .framingInvalid),
            ("Transfer-Encoding: gzip\r\n", .framingInvalid),
            ("Transfer-Encoding: identity\r\n", .framingInvalid),
            ("Transfer-Encoding:\r\n", .framingInvalid),
            ("Transfer-Encoding: chunked, gzip\r\n", .framingInvalid),
            ("Transfer-Encoding: chunked, chunked\r\n", .framingInvalid),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .framingInvalid),
            ("Transfer-Encoding: \u{b}chunked\r\n", .malformedField),
            ("Transfer-Encoding: xchunked\r\n", .framingInvalid),
            ("Transfer-Encoding: chunked;q=1\r\n", .framingInvalid),
        ])
    func ambiguous(_ fields: String, _ expected: RequestFailure) {
        #expect(outcomes(of: post(fields)) == [.failure(expected)])
    }

    @Test("Chunked content in HTTP/1.0 is refused")
    func oldVersion() {
        #expect(failure(of: post("Transfer-Encoding: chunked\r\n", version: "HTTP/1.0")) == .framingInvalid)
    }
}
