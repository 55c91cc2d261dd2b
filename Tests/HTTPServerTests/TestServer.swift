import Glibc
import HTTPServer
import System

/// Longer than anything here takes on the slowest machine; reached only by a test that fails.
let patience = Duration.seconds(30)

/// A server on a loop of its own, at a port of loopback that the kernel chose.
final class TestServer {
    /// The size of `/big`: more than the kernel buffers on both sides.
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
            case "/big":
                let body = Array(repeating: piece, count: Self.bigSize / piece.count)
                responder.respond(Response(contentType: "text/plain", body: body))
            case "/later":
                shared.responders.append(responder)
            case "/drop":
                break
            case "/injection":
                responder.respond(Response(contentType: "text/plain\r\nX: y", body: [Array("never".utf8)]))
            default:
                let body = [Array("path ".utf8), [], Array((request.path + "\n").utf8)]
                responder.respond(Response(contentType: "text/plain", headers: [.init("Vary", "Accept")], body: body))
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

    /// Turns until `condition` holds; false if it does not within the patience of a test.
    func turn(until condition: () -> Bool) throws -> Bool {
        let deadline = Monotonic.readClock() + patience
        while !condition() {
            let left = deadline - Monotonic.readClock()
            if left <= .zero { return false }
            _ = try loop.runOnce(timeout: left)
        }
        return true
    }

    /// Sockets of this process that are bound to the server's port, which leaves out the clients'.
    func openSockets() -> Int {
        let port = TestClient.port(of: address)
        return (0..<Int32(65_536)).count { descriptor in
            var name = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutableBytes(of: &name) { bytes in
                bytes.bindMemory(to: sockaddr.self).baseAddress.map { getsockname(descriptor, $0, &length) } ?? -1
            }
            return result == 0 && name.sin_family == AF_INET && UInt16(bigEndian: name.sin_port) == port
        }
    }
}

func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
}
