/// The bytes of a reply, and how they are sent.
struct Reply {
    enum Ending {
        case close
        /// An RST instead of a FIN.
        case reset
        /// Sends nothing more and keeps the connection open.
        case stall
    }

    var head: [UInt8]
    var body: ReplyBody
    /// The number of body bytes after which the reply ends; nil for all.
    var limit: Int?
    /// A byte that replaces the byte at an offset of the body.
    var patch: (offset: Int, byte: UInt8)?
    /// Whether the body repeats its elements without end.
    var repeats = false
    /// Bytes per second; nil for no limit.
    var rate: Int?
    /// Seconds before the first byte.
    var delay: Double?
    var ending = Ending.close

    static let silence = Reply(head: [], body: ReplyBody([]))
}

/// A response of the API, before a fault is applied.
struct Answer {
    var status = 200
    var contentType = "application/json"
    var location: String?
    var body: ReplyBody

    init(status: Int = 200, body: ReplyBody) {
        self.status = status
        self.body = body
    }

    /// `{"generation":…,"data":…}` around rendered data.
    static func success(generation: UInt64, data: [UInt8]) -> Answer {
        Answer(body: ReplyBody([UInt8]("{\"generation\":\(generation),\"data\":".utf8) + data + [UInt8(ascii: "}")]))
    }

    /// An error reply in the format of the API.
    static func error(_ name: String, _ text: String, status: Int, isTransient: Bool = false) -> Answer {
        var bytes = [UInt8]("{\"error\":{\"name\":".utf8)
        bytes.string(name)
        bytes.raw(",\"descr\":")
        bytes.string(text)
        bytes.raw(",\"transient\":\(isTransient)}}")
        return Answer(status: status, body: ReplyBody(bytes))
    }

    /// The response to a wrong token. The status and error name of the real API are unknown, so these are assumptions.
    static let badToken = error("accessDenied", "Invalid authentication token.", status: 403)

    /// The HTTP/1.0 head that the API sends.
    func head(length: String?) -> [UInt8] {
        var text = "HTTP/1.0 \(status) \(Self.reason(status))\r\nConnection: close\r\nContent-Type: \(contentType)\r\n"
        text += "Cache-control: private\r\n"
        if let location { text += "Location: \(location)\r\n" }
        if let length { text += "Content-Length: \(length)\r\n" }
        return [UInt8]((text + "\r\n").utf8)
    }

    /// The reply without a fault.
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
