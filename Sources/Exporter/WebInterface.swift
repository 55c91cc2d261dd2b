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
        let respond: (Request, Responder) -> Void
        switch request.path {
        case telemetryPath: respond = metrics
        case "/": respond = { [unowned self] _, responder in responder.respond(landing()) }
        case "/-/healthy":
            respond = { _, responder in responder.respond(Response(status: .ok, explanation: "The loop turns.")) }
        case "/-/ready": respond = { [unowned self] _, responder in responder.respond(readiness()) }
        default: return responder.respond(Response(status: .notFound))
        }
        if request.method == .get || request.method == .head { return respond(request, responder) }
        // RFC 9110 section 15.5.6.
        responder.respond(Response(status: .methodNotAllowed, headers: [ResponseHead.Field("Allow", "GET, HEAD")]))
    }

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
                ResponseHead.Field("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ],
            body: [Array(sources.landing().html.utf8)])
    }

    // MARK: The page for Prometheus

    private func metrics(_ request: Request, _ responder: Responder) {
        let accepted = PageFormat.preferred(accept: request.fields["accept"])
        let format = ExpositionFormat(accepted)
        let chunks = sources.objects()?.chunks(format) ?? []
        // RFC 9110 section 12.5.5: what the choice depends on.
        let headers = [
            ResponseHead.Field("Vary", "Accept, Accept-Encoding"), ResponseHead.Field("Cache-Control", "no-store"),
        ]
        guard ContentCoding.preferred(acceptEncoding: request.fields["accept-encoding"]) == .gzip else {
            let body = chunks.map(\.bytes) + [sources.status().page(format)]
            return responder.respond(Response(contentType: accepted.contentType, headers: headers, body: body))
        }
        compressor.compress(chunks) { [unowned self] result in
            do {
                let pieces = try result.get() + [compressor.compress(sources.status().page(format))]
                responder.respond(
                    Response(
                        contentType: accepted.contentType,
                        headers: headers + [ResponseHead.Field("Content-Encoding", "gzip")],
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
