import EventLoop
import Exposition
import Gzip
import HTTPMessages
import HTTPServer

/// What is served where: the page for Prometheus, the page for people with its icon, and the two probes.
final class WebInterface {
    /// What the pages show, asked for at each request.
    struct Sources {
        /// The part of the page about objects; nil when it is too old to be shown.
        var objects: () -> ObjectsPage?
        var status: () -> ExporterStatus
        var landing: () -> LandingPage
        /// Why the exporter is not ready, or nil.
        var unreadiness: () -> String?
    }

    private let telemetryPath: String
    private let sources: Sources
    private let compressor: PageCompressor

    init(loop: EventLoop, telemetryPath: String, sources: Sources) throws(SystemError) {
        self.telemetryPath = telemetryPath
        self.sources = sources
        compressor = try PageCompressor(loop: loop)
    }

    /// Answers one request, at once or in a later turn of the loop.
    func answer(_ request: Request, _ responder: Responder) {
        // RFC 9110 section 9.1: 501 if nothing here implements the method, 405 if only the resource does not allow it.
        guard request.method.isStandard else { return responder.respond(Response(status: .notImplemented)) }
        guard let respond = responseMaker(for: request) else {
            return responder.respond(Response(status: .notFound))
        }
        let allow = ResponseHead.Field("Allow", "GET, HEAD, OPTIONS")
        switch request.method {
        case .get, .head: respond(request, responder)
        case .options: responder.respond(Response(status: .noContent, contentType: nil, headers: [allow], body: []))
        default: responder.respond(Response(status: .methodNotAllowed, headers: [allow]))
        }
    }

    /// What answers GET and HEAD; nil if there is nothing at the path.
    private func responseMaker(for request: Request) -> ((Request, Responder) -> Void)? {
        switch request.path {
        case telemetryPath: metrics
        case "/": { [unowned self] _, responder in responder.respond(landing()) }
        case "/favicon.ico": { _, responder in responder.respond(Self.icon) }
        case "/-/healthy":
            { _, responder in responder.respond(Response(status: .ok, explanation: "The process works.")) }
        case "/-/ready": { [unowned self] _, responder in responder.respond(readiness()) }
        // The targets `*` of OPTIONS and `host:port` of CONNECT (RFC 9112 section 3.2). GET and HEAD cannot have them.
        case RequestTarget.server.path, RequestTarget.authority.path: { _, _ in }
        default: nil
        }
    }

    /// An SVG icon of three disks. Browsers accept it at this path because of its content type.
    private static let icon = Response(
        contentType: "image/svg+xml", headers: [ResponseHead.Field("Cache-Control", "max-age=86400")],
        body: [
            Array(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#e57000">\
                <rect x="1" y="1" width="14" height="4" rx="1"/><rect x="1" y="6" width="14" height="4" rx="1"/>\
                <rect x="1" y="11" width="14" height="4" rx="1"/></svg>

                """.utf8)
        ])

    private func readiness() -> Response {
        guard let reason = sources.unreadiness() else {
            return Response(status: .ok, explanation: "The data of the last good poll is not stale.")
        }
        return Response(status: .serviceUnavailable, explanation: reason)
    }

    private func landing() -> Response {
        Response(
            contentType: "text/html; charset=utf-8",
            headers: [
                ResponseHead.Field("Cache-Control", "no-store"),
                ResponseHead.Field(
                    "Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
            ],
            body: [Array(sources.landing().html.utf8)])
    }

    // MARK: The page for Prometheus

    private func metrics(_ request: Request, _ responder: Responder) {
        let accepted = PageFormat.preferred(accept: request.fields["accept"])
        let format = ExpositionFormat(accepted)
        let chunks = sources.objects()?.chunks(format) ?? []
        // RFC 9110 section 12.5.5: what the choice depends on.
        var headers = [
            ResponseHead.Field("Vary", "Accept, Accept-Encoding"), ResponseHead.Field("Cache-Control", "no-store"),
        ]
        guard ContentCoding.preferred(acceptEncoding: request.fields["accept-encoding"]) == .gzip else {
            let body = chunks.map(\.bytes) + [sources.status().page(format)]
            return responder.respond(Response(contentType: accepted.contentType, headers: headers, body: body))
        }
        headers.append(ResponseHead.Field("Content-Encoding", "gzip"))
        if request.method == .head {
            // Only compressing the page would tell the length.
            var response = Response(contentType: accepted.contentType, headers: headers, body: [])
            response.hasKnownLength = false
            return responder.respond(response)
        }
        compressor.compress(chunks) { [unowned self, headers] result in
            do {
                let pieces = try result.get() + [compressor.compress(sources.status().page(format))]
                responder.respond(
                    Response(
                        contentType: accepted.contentType, headers: headers,
                        body: [Gzip.header] + pieces.map(\.deflated) + [Gzip.trailer(of: pieces)]))
            } catch {
                responder.respond(Response(status: .internalServerError, explanation: "The page cannot be compressed."))
            }
        }
    }
}

extension ExpositionFormat {
    fileprivate init(_ format: PageFormat) {
        switch format {
        case .prometheusText: self = .text
        case .openMetrics: self = .openMetrics
        }
    }
}
