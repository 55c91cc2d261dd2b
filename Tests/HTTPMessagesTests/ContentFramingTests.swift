import HTTPMessages
import Testing

@Suite("The content of a request")
struct ContentFramingTests {
    private static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

    private func post(_ fields: String, _ content: String = "", version: String = "HTTP/1.1") -> String {
        "POST / \(version)\r\nHost: a\r\n\(fields)\r\n\(content)"
    }

    @Test(
        "that two programs could delimit differently is refused",
        arguments: [
            ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", RequestFailure.framingAmbiguous),
            ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", .framingAmbiguous),
            ("Content-Length: 1\r\nContent-Length: 2\r\n", .contentLengthInvalid),
            ("Content-Length: 1\r\nContent-Length: 1\r\n", .contentLengthInvalid),
            ("Content-Length: 1, 1\r\n", .contentLengthInvalid), ("Content-Length: +1\r\n", .contentLengthInvalid),
            ("Content-Length: -1\r\n", .contentLengthInvalid), ("Content-Length: 0x1\r\n", .contentLengthInvalid),
            ("Content-Length:\r\n", .contentLengthInvalid), ("Content-Length: 1 2\r\n", .contentLengthInvalid),
            ("Content-Length: ١\r\n", .contentLengthInvalid),
            ("Content-Length: 99999999999999999999999\r\n", .contentTooLarge),
            ("Content-Length: 65537\r\n", .contentTooLarge),
            ("Transfer-Encoding: gzip, chunked\r\n", .transferCodingUnknown),
            ("Transfer-Encoding: gzip\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: identity\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding:\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: chunked, gzip\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: chunked, chunked\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: \u{b}chunked\r\n", .malformedField),
            ("Transfer-Encoding: xchunked\r\n", .transferEncodingInvalid),
            ("Transfer-Encoding: chunked;q=1\r\n", .transferEncodingInvalid),
        ])
    func ambiguous(_ fields: String, _ expected: RequestFailure) {
        #expect(outcomes(of: post(fields)) == [.failure(expected)])
    }

    @Test("cannot be chunked in HTTP/1.0")
    func oldVersion() {
        #expect(failure(of: post("Transfer-Encoding: chunked\r\n", version: "HTTP/1.0")) == .transferEncodingInvalid)
    }

    @Test(
        "is thrown away, and the next request is found behind it",
        arguments: [
            ("Content-Length: 0\r\n", ""), ("Content-Length: 3\r\n", "\r\n\r"), ("Content-Length: 0003\r\n", "abc"),
            ("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), ("Transfer-Encoding: CHUNKED\r\n", "000\r\n\r\n"),
            ("Transfer-Encoding: , chunked,\r\n", "1\r\nx\r\n0\r\n\r\n"),
            (
                "Transfer-Encoding: chunked\r\n",
                "A;a=b;c=\"d;\"\r\n0123456789\r\na\r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\n"
            ),
            (
                "Transfer-Encoding: chunked\r\n",
                "1 \t; a = b\t;c ;d=\"\\\"é\\\\ \" ;e\r\nx\r\n0;f\r\nT:\r\nU-1:x:\ty \r\n\r\n"
            ),
        ])
    func skipped(_ fields: String, _ content: String) {
        #expect(requests(in: post(fields, content) + Self.next).map(\.path) == ["/", "/next"])
    }

    @Test("up to its bound is read")
    func largest() {
        let bound = MessageLimits().contentBytes
        let content = String(repeating: "x", count: bound)
        #expect(requests(in: post("Content-Length: \(bound)\r\n", content) + Self.next).count == 2)
        let chunked = String(bound, radix: 16) + "\r\n" + content + "\r\n"
        #expect(requests(in: post("Transfer-Encoding: chunked\r\n", chunked + "0\r\n\r\n") + Self.next).count == 2)
        let tooLarge = post("Transfer-Encoding: chunked\r\n", chunked + "1\r\nx\r\n0\r\n\r\n")
        #expect(outcomes(of: tooLarge) == [.failure(.contentTooLarge)])
    }

    @Test(
        "in malformed chunks is refused",
        arguments: [
            "\r\n", "x\r\n", ";a\r\n", "-1\r\n", "0x1\r\n", "1\nx", "1;a\nx", "1\rx", "1\r\nxy", "1\r\nx\ry",
            "1\r\nx\r\n\r\n",
            "0\r\n\n", "0\r\n x: y\r\n", "0\r\n:\r\n", "0\r\nA: b\n", "0\r\nA: \u{0}\r\n", "1;\u{7f}\r\n",
            " 1\r\nx\r\n",
            // What stands behind the size must begin with a semicolon, and blanks lead to something.
            "3 5\r\nabc", "3 xyz junk\r\n", "3\t5\r\n", "3 \r\n", "3 ;\r\n", "3;\r\n", "3;a \r\n", "3;a b\r\n",
            "3;a=\r\n",
            "3;a=b \r\n", "3;a=b c\r\n", "3;a=b=c\r\n", "3;=b\r\n", "3;;a\r\n", "3;a,b\r\n", "3;a=\"b\r\n",
            "3;a=\"b\"c\r\n",
            "3;a=\"b\" \r\n", "3;a=\"\\\r\n", "3;a=\"\n", "3=a\r\n",
            // A line of the trailer is a field.
            "0\r\nno colon\r\n", "0\r\nA\r\n\r\n", "0\r\nA : b\r\n", "0\r\nA: b\r\nB\r\n", "0\r\nÄ: b\r\n",
            "0\r\nA: b\r\n c\r\n",
        ])
    func malformedChunks(_ content: String) {
        #expect(outcomes(of: post("Transfer-Encoding: chunked\r\n", content)) == [.failure(.malformedChunk)])
    }

    @Test(
        "with more around it than a bound is refused",
        arguments: [
            "1;", "FFFFFFFFFFFFFFFFFFFF", "10001\r\n", "0\r\nT: ", String(repeating: "1\r\nx\r\n", count: 5000),
        ])
    func overhead(_ start: String) {
        let content = start + String(repeating: "0", count: MessageLimits().chunkOverheadBytes)
        #expect(outcomes(of: post("Transfer-Encoding: chunked\r\n", content)) == [.failure(.contentTooLarge)])
    }
}
