import Exposition
import HTTPServer
import System

/// Provides the data that the web interface shows.
protocol WebContent: AnyObject {
    /// The part of the metrics page about objects, and its number, which is higher for each new page. nil if the data is
    /// stale.
    var objectsPage: (page: ObjectsPage, number: UInt64)? { get }
    var status: ExporterStatus { get }
    var landingPage: LandingPage { get }
    /// Why the exporter is not ready; nil if it is.
    var unreadiness: String? { get }
}

/// Answers HTTP requests: the metrics page, the landing page with its icon, and the probes.
final class WebInterface {
    weak var content: (any WebContent)?
    private let telemetryPath: String
    /// The compressed part about objects in each format. It is kept, because compressing it for every scrape would be
    /// slow.
    private var compressed: [ExpositionFormat: (number: UInt64, part: Gzip.Part)] = [:]

    /// - Parameter telemetryPath: normalized like the path of a request.
    init(telemetryPath: String) {
        self.telemetryPath = telemetryPath
    }

    func answer(_ request: Request, _ responder: Responder) {
        responder.respond(response(to: request))
    }

    private func response(to request: Request) -> Response {
        // RFC 9110 section 9.1: the status is 501 for a method that the server does not implement, and 405 for a method
        // that a path does not allow.
        guard request.method.isStandard else { return Response(status: .notImplemented) }
        guard let content, let get = getResponse(for: request, content) else { return Response(status: .notFound) }
        let allow = HeaderField("Allow", "GET, HEAD, OPTIONS")
        switch request.method {
        case .get, .head: return get()
        case .options: return Response(status: .noContent, contentType: nil, headers: [allow], body: [])
        default: return Response(status: .methodNotAllowed, headers: [allow])
        }
    }

    /// A function that makes the response to GET and HEAD; nil for an unknown path.
    private func getResponse(for request: Request, _ content: any WebContent) -> (() -> Response)? {
        switch request.path {
        case telemetryPath: { self.metrics(request, content) }
        case "/": { Self.landing(content.landingPage) }
        case "/favicon.ico": { Self.icon }
        case "/-/healthy": { Response(status: .ok, explanation: "The process works.") }
        case "/-/ready":
            {
                guard let reason = content.unreadiness else {
                    return Response(status: .ok, explanation: "The data of the last successful poll is not stale.")
                }
                return Response(status: .serviceUnavailable, explanation: reason)
            }
        // OPTIONS may have the target `*`, and a CONNECT request has no path (RFC 9110 section 7.1). The server refuses
        // GET and HEAD requests with these targets, so this response is never sent.
        case "*", "": { Response(status: .notFound) }
        default: nil
        }
    }

    /// An icon of three disks. Browsers accept SVG at this path because of the content type.
    private static let icon = Response(
        contentType: "image/svg+xml", headers: [HeaderField("Cache-Control", "max-age=86400")],
        body: [
            Array(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#e57000">\
                <rect x="1" y="1" width="14" height="4" rx="1"/><rect x="1" y="6" width="14" height="4" rx="1"/>\
                <rect x="1" y="11" width="14" height="4" rx="1"/></svg>

                """.utf8)
        ])

    private static func landing(_ page: LandingPage) -> Response {
        Response(
            contentType: "text/html; charset=utf-8",
            headers: [
                HeaderField("Cache-Control", "no-store"),
                HeaderField(
                    "Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
            ],
            body: [Array(page.html.utf8)])
    }

    private func metrics(_ request: Request, _ content: any WebContent) -> Response {
        let format = ExpositionFormat.preferred(accept: request.fields["accept"])
        var headers = [
            // RFC 9110 section 12.5.5
            HeaderField("Vary", "Accept, Accept-Encoding"), HeaderField("Cache-Control", "no-store"),
        ]
        guard ContentCoding.preferred(acceptEncoding: request.fields["accept-encoding"]) == .gzip else {
            let body = (content.objectsPage?.page.pieces(format) ?? []) + [content.status.page(format)]
            var response = Response(contentType: format.contentType, headers: headers, body: body)
            response.bodyNumber = content.objectsPage?.number
            return response
        }
        headers.append(HeaderField("Content-Encoding", "gzip"))
        if request.method == .head {
            // The response has no Content-Length, because the length is unknown until the page is compressed.
            var response = Response(contentType: format.contentType, headers: headers, body: [])
            response.hasKnownLength = false
            return response
        }
        var response = Response(contentType: format.contentType, headers: headers, body: gzip(content, format))
        response.bodyNumber = content.objectsPage?.number
        return response
    }

    /// The metrics page as one gzip member, in pieces.
    private func gzip(_ content: any WebContent, _ format: ExpositionFormat) -> [[UInt8]] {
        var parts: [Gzip.Part] = []
        if let (page, number) = content.objectsPage {
            if compressed[format]?.number != number {
                compressed[format] = nil
                compressed[format] = (number, Gzip.compress(page.pieces(format)))
            }
            parts += compressed[format].map { [$0.part] } ?? []
        }
        return Gzip.member(parts + [Gzip.compress([content.status.page(format)])])
    }
}
