import Glibc
import HTTPServer
import System
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    @Test("A connection serves one request after the other")
    func keepAlive() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(get("/a"))
        #expect(try test.turn { client.text.hasSuffix("path /a\n") })
        client.send(get("/b"))
        #expect(try test.turn { client.text.hasSuffix("path /b\n") })
        #expect(client.statuses == ["200 OK", "200 OK"])
        #expect(client.text.contains("Content-Type: text/plain\r\nVary: Accept\r\nContent-Length: 8\r\n\r\n"))
        #expect(!client.text.contains("Connection:"))
        #expect(test.server.statistics.requests == [200: 2])
        #expect(test.server.statistics.openConnections == 1)
        #expect(test.server.statistics.refused.values.allSatisfy { $0 == 0 })
        client.close()
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
    }

    @Test("Pipelined requests are answered in order")
    func pipelining() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send((0..<2000).map { get("/\($0)") }.joined())
        #expect(try test.turn { client.text.hasSuffix("path /1999\n") })
        let paths = client.text.split(separator: "\r\n").filter { $0.hasPrefix("path") }
        #expect(paths.map { $0.prefix { $0 != "\n" } }.elementsEqual((0..<2000).map { "path /\($0)" }))
    }

    @Test("A request waits until the previous one is answered")
    func delayedAnswer() throws {
        let test = try TestServer()
        let (client, other) = (try test.connect(), try test.connect())
        client.send(get("/later") + get("/next"))
        #expect(try test.turn { test.responders.count == 1 })
        other.send(get("/other"))
        #expect(try test.turn { other.text.hasSuffix("path /other\n") })
        #expect(client.received.isEmpty)
        test.responders.removeFirst().respond(Response(status: .serviceUnavailable, explanation: "Later."))
        #expect(try test.turn { client.text.hasSuffix("path /next\n") })
        #expect(client.text.contains("503 Service Unavailable Later.\n"))
        #expect(client.statuses == ["503 Service Unavailable", "200 OK"])
    }

    @Test("A request that arrives byte by byte is answered")
    func bytewise() throws {
        let test = try TestServer()
        let client = try test.connect()
        for byte in get("/slow") {
            client.send(String(byte))
            _ = try test.loop.runOnce(timeout: .zero)
        }
        #expect(try test.turn { client.text.hasSuffix("path /slow\n") })
    }

    @Test("HEAD gets the same head as GET")
    func head() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n" + get("/get"))
        #expect(try test.turn { client.text.hasSuffix("path /get\n") })
        #expect(client.statuses.count == 2)
        #expect(!client.text.contains("path /head"))
        #expect(client.text.contains("Content-Length: 11\r\n\r\nHTTP/1.1 200 OK"))
    }

    @Test(
        "A refused HEAD is answered without content",
        arguments: [
            ("HEAD / HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400 Bad Request"),
            ("HEAD / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400 Bad Request"),
            ("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", "413 Content Too Large"),
            ("HEAD /\r\n", "400 Bad Request"), ("HEAD / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported"),
            ("HEAD /\(String(repeating: "a", count: 9000))", "414 URI Too Long"),
            ("HEAD / HTTP/1.1\r\nX", "408 Request Timeout"),
        ])
    func refusedHead(_ request: String, _ status: String) throws {
        var limits = Limits()
        limits.requestTime = .milliseconds(50)
        let test = try TestServer(limits: limits)
        let client = try test.connect()
        client.send(request)
        #expect(try test.turn { client.isEnded })
        #expect(client.statuses == [status])
        #expect(client.text.contains("Content-Length: "))
        #expect(client.text.hasSuffix("\r\n\r\n"))
    }

    @Test(
        "Without keep-alive, the connection ends after the reply",
        arguments: [
            ("GET / HTTP/1.0\r\n\r\n", "200 OK", "close"),
            (get("/", "Connection: close\r\n"), "200 OK", "close"),
            ("GET /\r\n\r\n", "400 Bad Request", "close"), (get("/drop"), "500 Internal Server Error", "close"),
            (get("/injection"), "500 Internal Server Error", "close"),
            (get("/", "Content-Length: 1\r\n"), "413 Content Too Large", "close"),
            (get("/", "Content-Length: 7\r\nExpect: 100-continue\r\n"), "413 Content Too Large", "close"),
            (get("/", "Transfer-Encoding: chunked\r\n"), "413 Content Too Large", "close"),
        ])
    func closing(_ request: String, _ status: String, _ connection: String) throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(request)
        #expect(try test.turn { client.isEnded })
        #expect(client.statuses == [status])
        #expect(client.text.contains("Connection: \(connection)\r\n"))
        client.close()
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
        #expect(test.openSockets() == 1)
    }

    @Test("HTTP/1.0 keeps a connection if the client asks")
    func oldKeepAlive() throws {
        let test = try TestServer()
        let client = try test.connect()
        let request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        client.send(request + request)
        #expect(try test.turn { client.statuses.count == 2 })
        #expect(client.text.contains("Connection: keep-alive\r\n"))
    }

    @Test("A client that has ended its sending side gets a reply", arguments: ["/small", "/big"])
    func halfClosed(_ path: String) throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(get(path))
        client.endSending()
        #expect(try test.turn { client.isEnded })
        #expect(client.statuses == ["200 OK"])
        #expect(client.received.count > (path == "/big" ? TestServer.bigSize : 0))
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
    }

    @Test(
        "An error reaches a client that is still sending",
        arguments: [
            ("X: ", 431 as UInt16, "Request Header Fields Too Large"),
            ("Content-Length: 4000000\r\n\r\n", 413, "Content Too Large"),
        ])
    func errorReachesSender(_ field: String, _ status: UInt16, _ phrase: String) throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\(field)" + String(repeating: "x", count: 4_000_000))
        #expect(try test.turn { client.isEnded || client.failure != nil })
        #expect(client.failure == nil)
        #expect(client.statuses == ["\(status) \(phrase)"])
        client.close()
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
        #expect(test.server.statistics.requests == [status: 1])
    }

    @Test("A thousand connections leave no descriptor behind")
    func descriptors() throws {
        let test = try TestServer()
        for round in 0..<1000 {
            let client = try test.connect()
            client.send(get("/", "Connection: close\r\n"))
            if round % 3 == 0 { #expect(try test.turn { client.isEnded }) }
            if round % 3 == 1 { #expect(try test.turn { !client.received.isEmpty }) }
            if round % 2 == 0 { client.reset() } else { client.close() }
        }
        let last = try test.connect()
        last.send(get("/last"))
        #expect(try test.turn { !last.received.isEmpty && test.server.statistics.openConnections == 1 })
        #expect(test.openSockets() == 2)
    }

    @Test("Clients that disconnect during a reply are counted")
    func reset() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(get("/big"))
        #expect(try test.turn { client.received.count > 100_000 })
        client.reset()
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
        #expect(test.server.statistics.refused[.reset] == 1)
    }

    @Test("A reply is discarded if its client has disconnected")
    func lateAnswer() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(get("/later"))
        #expect(try test.turn { test.responders.count == 1 })
        client.reset()
        test.responders.removeFirst().respond(Response(status: .noContent))
        #expect(try test.turn { test.server.statistics.openConnections == 0 })
        #expect(test.openSockets() == 1)
    }

    @Test("Stopping the server during replies leaves nothing open")
    func stop() throws {
        let test = try TestServer()
        let clients = [try test.connect(), try test.connect(), try test.connect()]
        clients[0].send(get("/big"))
        clients[1].send(get("/later"))
        #expect(try test.turn { clients[0].received.count > 100_000 && test.responders.count == 1 })
        let address = test.address
        #expect(test.openSockets() >= 3)
        let port = TestClient.port(of: address)
        test.server.stop()
        #expect(test.server.statistics.openConnections == 0)
        #expect(test.server.boundAddresses.isEmpty)
        test.responders.removeFirst().respond(Response(status: .ok))
        #expect(try test.turn { clients.allSatisfy { $0.isEnded || $0.failure != nil } })
        #expect(throws: SystemError.self) { try TestClient(test.loop, to: address) }
        _ = try HTTPServer(loop: test.loop, listeners: [.tcp(host: "127.0.0.1", port: port)]) { _, _ in }
    }

    @Test("The handler may stop the server")
    func stopInHandler() throws {
        let loop = try EventLoop()
        var server: HTTPServer?
        server = try HTTPServer(loop: loop, listeners: [.tcp(host: "127.0.0.1", port: 0)]) { _, responder in
            server = nil
            responder.respond(Response(status: .ok))
        }
        let client = try TestClient(loop, to: server?.boundAddresses.first ?? "")
        client.send(get("/"))
        while !client.isEnded, client.failure == nil { #expect(try loop.runOnce(timeout: patience)) }
        #expect(server == nil)
    }
}
