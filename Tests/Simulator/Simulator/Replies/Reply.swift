/// A reply as it goes out: bytes of the head, pieces of the body, and how it ends.
struct Reply {
    enum Ending {
        case close
        /// An RST instead of a FIN.
        case reset
        /// Nothing more, and the connection stays.
        case stall
    }

    var head: [UInt8]
    var body: ReplyBody
    /// Body bytes after which it ends; nil means all.
    var limit: Int?
    /// One byte of the body that is replaced.
    var patch: (offset: Int, byte: UInt8)?
    /// Starts the elements again when the pieces are through.
    var repeats = false
    /// Bytes a second; nil means as fast as they are read.
    var rate: Int?
    /// Seconds before the first byte.
    var delay: Double?
    var ending = Ending.close

    static let silence = Reply(head: [], body: ReplyBody([]))
}

/// What a call is answered with, before any fault.
struct Answer {
    var status = 200
    var contentType = "application/json"
    var location: String?
    var body: ReplyBody

    init(status: Int = 200, body: ReplyBody) {
        self.status = status
        self.body = body
    }

    /// `{"generation":…,"data":…}` around data that is rendered already.
    static func success(generation: UInt64, data: [UInt8]) -> Answer {
        Answer(body: ReplyBody([UInt8]("{\"generation\":\(generation),\"data\":".utf8) + data + [UInt8(ascii: "}")]))
    }

    /// The error envelope of the API.
    static func error(_ name: String, _ text: String, status: Int, isTransient: Bool = false) -> Answer {
        var bytes = [UInt8]("{\"error\":{\"name\":".utf8)
        bytes.string(name)
        bytes.raw(",\"descr\":")
        bytes.string(text)
        bytes.raw(",\"transient\":\(isTransient)}}")
        return Answer(status: status, body: ReplyBody(bytes))
    }

    /// What a wrong token gets. The status and the name are not known of the real API; these are a choice.
    static let badToken = error("accessDenied", "Invalid authentication token.", status: 403)

    /// The head as the API sends it: HTTP/1.0, closing.
    func head(length: String?) -> [UInt8] {
        var text = "HTTP/1.0 \(status) \(Self.reason(status))\r\nConnection: close\r\nContent-Type: \(contentType)\r\n"
        text += "Cache-control: private\r\n"
        if let location { text += "Location: \(location)\r\n" }
        if let length { text += "Content-Length: \(length)\r\n" }
        return [UInt8]((text + "\r\n").utf8)
    }

    /// The reply when nothing goes wrong.
    var reply: Reply { Reply(head: head(length: String(body.length)), body: body) }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 302: "Found"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
