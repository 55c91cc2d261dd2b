/// A reply.
package struct Response: Sendable {
    package var status: StatusCode
    /// `Content-Type`; nil for a reply without content.
    package var contentType: String?
    /// Further fields, such as `Vary`. The server adds `Date`, `Content-Length` and `Connection`.
    package var headers: [HeaderField]
    /// The content in pieces, which are written in order.
    package var body: [[UInt8]]
    /// False for a reply to HEAD whose content was not generated. Such a reply has no `Content-Length` (RFC 9110
    /// section 9.3.2).
    package var hasKnownLength = true
    /// The number of the page in a large body that several replies share. Newer pages have higher numbers
    /// (`HTTPServer.abortReplies`).
    package var bodyNumber: UInt64?

    package init(status: StatusCode = .ok, contentType: String?, headers: [HeaderField] = [], body: [[UInt8]]) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// One line of plain text: the status and an explanation.
    package init(status: StatusCode, headers: [HeaderField] = [], explanation: String = "") {
        let text = ["\(status.rawValue)", status.reasonPhrase, explanation].filter { !$0.isEmpty }
        self.init(
            status: status, contentType: "text/plain; charset=utf-8", headers: headers,
            body: [Array((text.joined(separator: " ") + "\n").utf8)])
    }

    /// The status line and the header fields (RFC 9112 section 4). The version is always 1.1 (RFC 9110 section 6.2).
    ///
    /// - Parameters:
    ///   - date: Unix time in seconds.
    ///   - minorVersion: the minor HTTP version of the request. Only HTTP/1.0 needs `Connection: keep-alive`.
    package func head(date: Int64, minorVersion: Int, keepsAlive: Bool) throws(InvalidHeaderField) -> [UInt8] {
        var text = "HTTP/1.1 \(status.rawValue) \(status.reasonPhrase)\r\nDate: \(HTTPDate.text(unixSeconds: date))\r\n"
        for field in contentType.map({ [HeaderField("Content-Type", $0)] + headers }) ?? headers {
            guard Grammar.isToken(field.name.utf8), field.value.utf8.allSatisfy(Grammar.isFieldValueByte) else {
                throw InvalidHeaderField(name: field.name)
            }
            text += "\(field.name): \(field.value)\r\n"
        }
        if status.allowsContent, hasKnownLength { text += "Content-Length: \(body.reduce(0) { $0 + $1.count })\r\n" }
        if !keepsAlive {
            text += "Connection: close\r\n"
        } else if minorVersion == 0 {
            text += "Connection: keep-alive\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}

/// A header field of a reply. It is checked when the reply is sent.
package struct HeaderField: Equatable, Sendable {
    let name: String
    let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A header field with an invalid name, or with a control character such as a line end in its value.
package struct InvalidHeaderField: Error, Equatable {
    package let name: String
}
