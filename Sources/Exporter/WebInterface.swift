import EventLoop
import Exposition
import Gzip
import HTTPMessages
import HTTPServer

/// What is served where: the page for Prometheus, the page for people, and the two probes.
final class WebInterface {
    /// What the pages show, asked for at each request.
    struct Sources {
        /// The part of the page about objects; nil when it is too old to be shown.
        var objects: () -> ObjectsPage?
        var status: () -> ExporterStatus
        var landing: () -> LandingPage
        var isReady: () -> Bool
    }

    private static let plainText = "text/plain; charset=utf-8"

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
        let respond: (Request, Responder) -> Void
        switch request.path {
        case telemetryPath: respond = metrics
        case "/": respond = { [unowned self] _, responder in responder.respond(landing()) }
        case "/-/healthy": respond = { _, responder in responder.respond(Self.text(200, "healthy")) }
        case "/-/ready":
            respond = { [unowned self] _, responder in
                responder.respond(
                    sources.isReady() ? Self.text(200, "ready") : Self.text(503, "no poll has succeeded yet"))
            }
        default: return responder.respond(Self.text(404, "not found"))
        }
        switch request.method {
        case .get, .head: respond(request, responder)
        // RFC 9110 section 15.5.6.
        case .other: responder.respond(Self.text(405, "method not allowed", [("Allow", "GET, HEAD")]))
        }
    }

    private static func text(_ status: Int, _ text: String, _ headers: [(String, String)] = []) -> Response {
        Response(status: status, contentType: plainText, headers: headers, body: [Array((text + "\n").utf8)])
    }

    private func landing() -> Response {
        Response(
            status: 200, contentType: "text/html; charset=utf-8",
            headers: [
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ],
            body: [Array(sources.landing().html.utf8)])
    }

    // MARK: The page for Prometheus

    private func metrics(_ request: Request, _ responder: Responder) {
        let format: ExpositionFormat =
            Negotiation.prefersOpenMetrics(accept: request.header("Accept")) ? .openMetrics : .text
        let chunks = sources.objects()?.chunks(format) ?? []
        // RFC 9110 section 12.5.5: what the choice depends on.
        var headers = [("Vary", "Accept, Accept-Encoding"), ("Cache-Control", "no-store")]
        guard Negotiation.acceptsGzip(request.header("Accept-Encoding")) else {
            let body = chunks.map(\.bytes) + [sources.status().page(format)]
            return responder.respond(
                Response(status: 200, contentType: format.contentType, headers: headers, body: body))
        }
        headers.append(("Content-Encoding", "gzip"))
        compressor.compress(chunks) { [unowned self] result in
            do {
                let pieces = try result.get() + [compressor.compress(sources.status().page(format))]
                let body = [Gzip.header] + pieces.map(\.deflated) + [Gzip.trailer(of: pieces)]
                responder.respond(
                    Response(status: 200, contentType: format.contentType, headers: headers, body: body))
            } catch {
                responder.respond(Self.text(500, "cannot compress the page"))
            }
        }
    }
}
