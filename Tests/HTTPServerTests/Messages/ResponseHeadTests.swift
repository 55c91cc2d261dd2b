import HTTPServer
import Testing

@Suite("A reply's head")
struct ResponseHeadTests {
    private func text(_ head: ResponseHead, _ persistence: ResponseHead.Persistence = .open) throws -> String {
        String(
            decoding: try head.encoded(contentLength: 12, date: 784_111_777, persistence: persistence), as: UTF8.self)
    }

    @Test("has its fields in a fixed order and ends with an empty line")
    func encoding() throws {
        let head = ResponseHead(status: .ok, fields: [.init("Content-Type", "text/plain"), .init("Vary", "Accept")])
        let expected = """
            HTTP/1.1 200 OK\r
            Date: Sun, 06 Nov 1994 08:49:37 GMT\r
            Content-Type: text/plain\r
            Vary: Accept\r
            Content-Length: 12\r

            """
        #expect(try text(head) == expected + "\r\n")
        #expect(try text(head, .close) == expected + "Connection: close\r\n\r\n")
        #expect(try text(head, .keepAlive) == expected + "Connection: keep-alive\r\n\r\n")
    }

    @Test("has no length where the status has no content", arguments: [204, 304, 100])
    func noContent(_ status: UInt16) throws {
        #expect(try !text(ResponseHead(status: StatusCode(rawValue: status))).contains("Content-Length"))
    }

    @Test("keeps the space behind a status that has no words")
    func unknownStatus() throws {
        #expect(try text(ResponseHead(status: StatusCode(rawValue: 299))).hasPrefix("HTTP/1.1 299 \r\n"))
    }

    @Test(
        "refuses a field that would break out of its line",
        arguments: [
            ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\u{0}"), ("X\r\nY", "a"), ("X:", "a"),
            ("", "a"), ("X Y", "a"), ("X", "\u{7f}"),
        ])
    func injection(_ name: String, _ value: String) {
        #expect(throws: ResponseHead.InvalidField.self) {
            try text(ResponseHead(status: .ok, fields: [.init(name, value)]))
        }
    }
}

@Suite("A date")
struct HTTPDateTests {
    @Test(
        "is written as RFC 9110 says",
        arguments: [
            (784_111_777 as Int64, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (.min, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ])
    func dates(_ seconds: Int64, _ expected: String) {
        #expect(HTTPDate.text(unixSeconds: seconds) == expected)
    }
}
