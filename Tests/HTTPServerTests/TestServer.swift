import HTTPServer
import System
import TestSupport

/// A server with its own event loop. By default it listens on a free port of 127.0.0.1.
final class TestServer {
    /// The size of the reply to `/big/NUMBER`. It is larger than both kernel buffers. NUMBER is the number of its body.
    static let bigSize = 20 * 1024 * 1024

    let loop: EventLoop
    private(set) var server: HTTPServer
    private let shared = Shared()

    private final class Shared {
        var responders: [Responder] = []
    }

    init(limits: Limits = Limits(), _ listeners: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)]) throws {
        loop = try EventLoop()
        let piece = [UInt8](repeating: UInt8(ascii: "b"), count: 1024 * 1024)
        server = try HTTPServer(loop: loop, listeners: listeners, limits: limits) { [shared] request, responder in
            switch request.path {
            case let path where path.hasPrefix("/big"):
                let body = Array(repeating: piece, count: Self.bigSize / piece.count)
                var response = Response(contentType: "text/plain", body: body)
                response.bodyNumber = UInt64(path.dropFirst(5))
                responder.respond(response)
            case "/later":
                shared.responders.append(responder)
            case "/drop":
                break
            case "/injection":
                responder.respond(Response(contentType: "text/plain\r\nX: y", body: [Array("never".utf8)]))
            default:
                let body = [Array("path ".utf8), [], Array((request.path + "\n").utf8)]
                responder.respond(
                    Response(contentType: "text/plain", headers: [HeaderField("Vary", "Accept")], body: body))
                responder.respond(Response(status: .notFound))
            }
        }
    }

    var address: String {
        server.boundAddresses.first ?? ""
    }

    /// The responders of `/later`, in the order of the requests.
    var responders: [Responder] {
        get { shared.responders }
        set { shared.responders = newValue }
    }

    func connect(receiveBuffer: Int32? = nil) throws -> TestClient {
        try TestClient(loop, to: address, receiveBuffer: receiveBuffer)
    }

    func turn(until condition: () -> Bool) throws -> Bool {
        try loop.turn(until: condition)
    }

    func openSockets() -> Int {
        TestSupport.openSockets(boundTo: TestClient.port(of: address))
    }
}

func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
}
