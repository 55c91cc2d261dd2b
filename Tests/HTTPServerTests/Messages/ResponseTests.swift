import HTTPServer
import Testing

@Suite struct ResponseTests {
    private func head(_ response: Response, minorVersion: Int = 1, keepsAlive: Bool = true) throws -> String {
        String(
            decoding: try response.head(date: 784_111_777, minorVersion: minorVersion, keepsAlive: keepsAlive),
            as: UTF8.self)
    }

    @Test("A response head has its fields in order and an empty line")
    func encoding() throws {
        let response = Response(
            contentType: "text/plain", headers: [HeaderField("Vary", "Accept")], body: [[1, 2], [], [3]])
        let expected = """
            HTTP/1.1 200 OK\r
            Date: Sun, 06 Nov 1994 08:49:37 GMT\r
            Content-Type: text/plain\r
            Vary: Accept\r
            Content-Length: 3\r

            """
        #expect(try head(response) == expected + "\r\n")
        #expect(try head(response, keepsAlive: false) == expected + "Connection: close\r\n\r\n")
        #expect(try head(response, minorVersion: 0) == expected + "Connection: keep-alive\r\n\r\n")
    }

    @Test("Only content of known length has a Content-Length")
    func noContent() throws {
        var response = Response(status: .noContent, contentType: nil, body: [])
        #expect(try !head(response).contains("Content-Length"))
        response.status = .ok
        #expect(try head(response).contains("Content-Length: 0"))
        response.hasKnownLength = false
        #expect(try !head(response).contains("Content-Length"))
    }

    @Test(
        "A header field with invalid characters is refused",
        arguments: [
            ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\u{0}"), ("X\r\nY", "a"), ("X:", "a"),
            ("", "a"), ("X Y", "a"), ("X", "\u{7f}"),
        ])
    func injection(_ name: String, _ value: String) {
        #expect(throws: InvalidHeaderField.self) {
            try head(Response(status: .ok, headers: [HeaderField(name, value)]))
        }
        #expect(throws: InvalidHeaderField.self) { try head(Response(contentType: "a\r\nX: y", body: [])) }
    }
}
