/// A reply.
package struct Response: Sendable {
    /// The status code.
    package var status: StatusCode
    /// `Content-Type`; nil for a reply without one.
    package var contentType: String?
    /// Further fields, such as `Vary`. `Date`, `Content-Length` and `Connection` are the server's business.
    package var headers: [ResponseHead.Field]
    /// The content in pieces, which are written one after the other where they are, never copied together.
    package var body: [[UInt8]]
    /// False for a reply to HEAD whose content was not made: it has no `Content-Length` (RFC 9110 section 9.3.2).
    package var hasKnownLength = true

    /// A reply with content in any number of pieces.
    package init(
        status: StatusCode = .ok, contentType: String?, headers: [ResponseHead.Field] = [], body: [[UInt8]]
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// A line of plain text: the status, and a sentence about it.
    package init(status: StatusCode, headers: [ResponseHead.Field] = [], explanation: String = "") {
        let text = [String(status.rawValue), status.reasonPhrase, explanation].filter { !$0.isEmpty }
        self.init(
            status: status, contentType: "text/plain; charset=utf-8", headers: headers,
            body: [Array((text.joined(separator: " ") + "\n").utf8)])
    }
}
