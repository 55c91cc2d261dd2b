import Glibc
import HTTPServer
import System
import Testing

@Suite struct LimitsTests {
    private func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    /// Raises the soft and hard limits of descriptors to at least `count`. Raising the hard limit needs privileges.
    private func allowDescriptors(_ count: rlim_t) throws {
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        try SystemError.check("getrlimit") { getrlimit(files, &limit) }
        limit.rlim_cur = max(limit.rlim_cur, count)
        limit.rlim_max = max(limit.rlim_max, count)
        try SystemError.check("setrlimit") { setrlimit(files, &limit) }
    }

    @Test("A new connection replaces the one that is idle longest")
    func eviction() throws {
        let test = try TestServer(limits: limits { $0.connections = 3 })
        let fresh = try test.connect()
        #expect(try test.turn { test.server.statistics.openConnections == 1 })
        let begun = try test.connect()
        begun.send("GET / HT")
        #expect(try test.turn { test.server.statistics.openConnections == 2 })
        let served = try test.connect()
        served.send(get("/"))
        #expect(try test.turn { !served.received.isEmpty })
        let newcomer = try test.connect()
        newcomer.send(get("/new"))
        #expect(try test.turn { newcomer.text.hasSuffix("path /new\n") && fresh.isEnded })
        #expect(test.server.statistics.refused[.connections] == 1)
        #expect(test.server.statistics.openConnections == 3)
        begun.send("TP/1.0\r\n\r\n")
        #expect(try test.turn { begun.statuses == ["200 OK"] })
        #expect(!served.isEnded)
    }

    @Test("A new connection replaces one of two stalled readers")
    func evictionOfBusy() throws {
        let test = try TestServer(limits: limits { $0.connections = 2 })
        let clients = [try test.connect(), try test.connect()]
        for client in clients {
            client.stopReceiving()
            client.send(get("/big"))
        }
        #expect(try test.turn { test.server.statistics.requests[200] == 2 })
        let newcomer = try test.connect()
        newcomer.send(get("/new"))
        #expect(try test.turn { newcomer.text.hasSuffix("path /new\n") })
        #expect(test.server.statistics.refused[.connections] == 1)
    }

    @Test("A client is served despite a thousand idle connections")
    func manyIdle() throws {
        try allowDescriptors(8192)
        let test = try TestServer(limits: limits { $0.connections = 1001 })
        var idle: [TestClient] = []
        for count in 1...1000 {
            idle.append(try test.connect())
            if count % 50 == 0 { #expect(try test.turn { test.server.statistics.openConnections == count }) }
        }
        let client = try test.connect()
        for path in ["/1", "/2", "/3"] {
            client.send(get(path))
            #expect(try test.turn { client.text.hasSuffix("path \(path)\n") })
        }
        #expect(test.server.statistics.openConnections == 1001)
        #expect(idle.allSatisfy { !$0.isEnded && $0.failure == nil })
        idle = []
        #expect(try test.turn { test.server.statistics.openConnections == 1 })
    }

    @Test("A connection without a request is closed and counted")
    func firstByte() throws {
        let test = try TestServer(limits: limits { $0.firstByteTime = .milliseconds(50) })
        let client = try test.connect()
        #expect(try test.turn { client.isEnded })
        #expect(client.received.isEmpty)
        #expect(test.server.statistics.refused[.idleTimeout] == 1)
        #expect(test.server.statistics.openConnections == 0)
    }

    @Test("An idle timeout after a reply is not counted")
    func idleAfterReply() throws {
        let test = try TestServer(limits: limits { $0.firstByteTime = .milliseconds(50) })
        let client = try test.connect()
        client.send(get("/"))
        #expect(try test.turn { client.isEnded })
        #expect(client.statuses == ["200 OK"])
        #expect(test.server.statistics.refused[.idleTimeout] == 0)
    }

    @Test(
        "A request that arrives too slowly gets 408",
        arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n"])
    func slowRequest(_ start: String) throws {
        let test = try TestServer(limits: limits { $0.requestTime = .milliseconds(100) })
        let client = try test.connect()
        client.send(start)
        let pulse = try test.loop.timer {}
        pulse.arm(after: .milliseconds(20))
        #expect(
            try test.turn {
                if !pulse.isArmed, client.received.isEmpty {
                    client.send("X")
                    pulse.arm(after: .milliseconds(20))
                }
                return client.isEnded
            })
        #expect(client.statuses == ["408 Request Timeout"])
        #expect(test.server.statistics.refused[.headTimeout] == 1)
        #expect(test.server.statistics.requests == [408: 1])
    }

    @Test("An old reply is aborted if its client has stopped reading")
    func stalledBody() throws {
        let test = try TestServer(limits: limits { $0.stallTime = .zero })
        let client = try test.connect(receiveBuffer: 4096)
        client.stopReceiving()
        client.send(get("/big/7"))
        // Wait until the buffers of both sockets are full.
        while try test.loop.runOnce(timeout: .milliseconds(100)) {}
        test.server.abortReplies(before: 7)
        #expect(test.server.statistics.openConnections == 1)
        test.server.abortReplies(before: 8)
        #expect(test.server.statistics.openConnections == 0)
    }

    @Test("A client that reads an old body keeps its reply")
    func readOldBody() throws {
        let test = try TestServer(limits: limits { $0.stallTime = .zero })
        let client = try test.connect()
        client.send(get("/big/7"))
        #expect(try test.turn { !client.received.isEmpty })
        client.receiveAll()
        test.server.abortReplies(before: 8)
        #expect(test.server.statistics.openConnections == 1)
    }

    @Test("The oldest replies are aborted if old bodies are too large")
    func largeOldBodies() throws {
        let test = try TestServer(
            limits: limits { ($0.stallTime, $0.oldBodyBytes) = (.seconds(1_000), 2 * TestServer.bigSize) })
        var clients: [TestClient] = []
        for number in [7, 5, 6, 7] {
            let client = try test.connect()
            client.send(get("/big/\(number)"))
            #expect(try test.turn { !client.received.isEmpty })
            clients.append(client)
        }
        test.server.abortReplies(before: 8)
        #expect(try test.turn { clients[1].isEnded || clients[1].failure != nil })
        #expect(test.server.statistics.openConnections == 3)
        #expect(test.server.statistics.refused[.writeTimeout] == 1)
    }

    @Test("A connection without a reply is not aborted for its body")
    func noBody() throws {
        let test = try TestServer()
        let client = try test.connect()
        client.send(get("/"))
        #expect(try test.turn { !client.received.isEmpty })
        test.server.abortReplies(before: .max)
        #expect(test.server.statistics.openConnections == 1)
    }

    @Test("Only the client that does not read is disconnected")
    func slowReader() throws {
        let test = try TestServer(limits: limits { $0.replyTime = .milliseconds(300) })
        let slow = try test.connect(receiveBuffer: 4096)
        slow.stopReceiving()
        slow.send(get("/big"))
        let other = try test.connect()
        var asked = 0
        #expect(
            try test.turn {
                if other.statuses.count == asked {
                    asked += 1
                    other.send(get("/"))
                }
                return test.server.statistics.openConnections == 1 && test.server.statistics.refused[.writeTimeout] == 1
            })
        #expect(try test.turn { other.statuses.count == asked })
        #expect(asked > 1)
    }

    @Test("A connection with part of a request counts as idle")
    func room() throws {
        let test = try TestServer(limits: limits { $0.connections = 2 })
        let half = try test.connect()
        half.send("GET / HTTP/1.1\r\nHost: ")
        #expect(try test.turn { test.server.statistics.openConnections == 1 })
        let asked = try test.connect()
        asked.send(get("/asked"))
        #expect(try test.turn { !asked.received.isEmpty })
        let newcomer = try test.connect()
        newcomer.send(get("/new"))
        #expect(try test.turn { newcomer.text.hasSuffix("path /new\n") && half.isEnded })
        #expect(!asked.isEnded)
        #expect(test.server.statistics.refused[.connections] == 1)
    }

    @Test("A fast reader of a large page does not delay others")
    func fairness() throws {
        let test = try TestServer()
        let (fast, other) = (try test.connect(), try test.connect())
        fast.send(get("/big"))
        #expect(try test.turn { !fast.received.isEmpty })
        other.send(get("/small"))
        #expect(try test.turn { other.text.hasSuffix("path /small\n") })
        #expect(fast.received.count < TestServer.bigSize)
        #expect(try test.turn { fast.received.count > TestServer.bigSize })
        fast.send(get("/after"))
        #expect(try test.turn { fast.received.suffix(12).elementsEqual("path /after\n".utf8) })
    }

    @Test("Pipelining clients take turns request by request")
    func pipeliners() throws {
        let test = try TestServer()
        let requests = 400
        let clients = try (0..<100).map { _ in try test.connect() }
        let waiting = try test.connect()
        #expect(try test.turn { test.server.statistics.openConnections == clients.count + 1 })
        for client in clients { client.send(String(repeating: get("/many"), count: requests)) }
        func served() -> Int { Int(test.server.statistics.requests[200] ?? 0) }
        // Every client has received bytes and has more requests waiting.
        #expect(try test.turn { clients.allSatisfy { !$0.received.isEmpty } })
        for other in [waiting, try test.connect()] {
            let before = served()
            other.send(get("/one"))
            #expect(try test.turn { other.text.hasSuffix("path /one\n") })
            #expect(served() - before < clients.count + 10)
        }
        #expect(served() < clients.count * requests / 2)
        #expect(try test.turn { served() > clients.count * requests / 2 })
        // All clients have received about the same number of replies.
        let counts = clients.map { $0.text.split(separator: "path /many").count }
        #expect(try #require(counts.max()) - #require(counts.min()) < requests / 10)
        #expect(try test.turn { served() == clients.count * requests + 2 })
    }

    /// Runs the loop until the condition is true. Returns how often a second source, which is always ready, was called.
    private func turns(_ test: TestServer, until condition: () -> Bool) throws -> Int {
        var count = 0
        let other = try test.loop.deferred()
        other.handler = { [unowned other] in
            count += 1
            other.arm()
        }
        other.arm()
        #expect(try test.turn(until: condition))
        return count
    }

    @Test("Other sources get a turn after a few requests")
    func requestsPerTurn() throws {
        let test = try TestServer()
        let clients = try (0..<300).map { _ in try test.connect() }
        func served() -> Int { Int(test.server.statistics.requests[200] ?? 0) }
        for pipelined in [1, 3] {
            let before = served()
            let expected = before + clients.count * pipelined
            for client in clients { client.send(String(repeating: get("/a"), count: pipelined)) }
            let turns = try turns(test) { served() == expected }
            #expect(turns >= (expected - before) / Limits().connectionsPerTurn)
        }
    }

    @Test("Other sources get a turn after a limited number of bytes")
    func bytesPerTurn() throws {
        let test = try TestServer()
        let clients = try (0..<20).map { _ in try test.connect() }
        for client in clients { client.send(get("/big")) }
        var received: Int { clients.reduce(0) { $0 + $1.received.count } }
        let turns = try turns(test) { received > 3 * TestServer.bigSize }
        // Requests and replies have separate limits, and the final write of a turn may exceed its limit.
        #expect(received / turns < 3 * Limits().bytesPerTurn)
    }

    @Test("Other sources get a turn after a few new connections")
    func acceptsPerTurn() throws {
        let test = try TestServer()
        let clients = try (0..<300).map { _ in try test.connect() }
        let turns = try turns(test) { test.server.statistics.openConnections == clients.count }
        #expect(turns >= clients.count / Limits().acceptsPerTurn)
    }

    /// Serves two clients, which use up the limit of connections. Then a new client replaces the client served second.
    ///
    /// - Returns: the client served first.
    private func replaceLastServed(_ test: TestServer) throws -> TestClient {
        let served = [try test.connect(), try test.connect()]
        for client in served {
            client.send(get("/"))
            #expect(try test.turn { !client.received.isEmpty })
        }
        let newcomer = try test.connect()
        newcomer.send(get("/new"))
        #expect(try test.turn { newcomer.text.hasSuffix("path /new\n") && served[1].isEnded })
        return served[0]
    }

    @Test("A new connection replaces the most recently served one")
    func evictionAmongBusy() throws {
        let test = try TestServer(limits: limits { $0.connections = 3 })
        let waiting = try test.connect()
        waiting.send(get("/later"))
        #expect(try test.turn { test.responders.count == 1 })
        let first = try replaceLastServed(test)
        test.responders.removeFirst().respond(Response(status: .ok, explanation: "Later."))
        #expect(try test.turn { waiting.statuses == ["200 OK"] })
        #expect(!first.isEnded)
    }

    @Test("A new connection does not replace one that has just opened")
    func evictionBesideFresh() throws {
        let test = try TestServer(
            limits: limits {
                $0.connections = 3
                $0.stallTime = .seconds(3600)
            })
        let fresh = try test.connect()
        #expect(try test.turn { test.server.statistics.openConnections == 1 })
        _ = try replaceLastServed(test)
        fresh.send(get("/fresh"))
        #expect(try test.turn { fresh.text.hasSuffix("path /fresh\n") })
    }

    @Test("Draining a request after an error has limits")
    func drain() throws {
        let timed = try TestServer(limits: limits { $0.drainTime = .milliseconds(50) })
        let silent = try timed.connect()
        silent.send("\n")
        #expect(try timed.turn { !silent.received.isEmpty && timed.server.statistics.openConnections == 0 })
        let sized = try TestServer(
            limits: limits {
                $0.drainBytes = 100_000
                $0.drainTime = .seconds(3600)
            })
        let loud = try sized.connect()
        loud.send("\n" + String(repeating: "x", count: 8_000_000))
        #expect(
            try sized.turn {
                sized.server.statistics.openConnections == 0 && sized.server.statistics.requests == [400: 1]
            })
    }

    @Test("The server leaves some descriptors to other users")
    func sparedDescriptors() async {
        await #expect(processExitsWith: .success) {
            try limitDescriptors(to: 60)
            let test = try TestServer()
            // The clients of this process need descriptors too.
            try limitDescriptors(to: 200)
            let clients = try (0..<40).map { _ in try test.connect() }
            #expect(try test.turn { test.server.statistics.refused[.connections] == 10 })
            #expect(test.server.statistics.openConnections == 30)
            #expect(try test.turn { clients.count { $0.isEnded } == 10 })
        }
    }

    @Test("Without descriptors, idle connections are closed", arguments: [1, 50])
    func outOfDescriptors(_ newcomers: Int) async {
        await #expect(processExitsWith: .success) { [newcomers] in
            var limits = Limits()
            limits.acceptPause = .seconds(3600)
            let test = try TestServer(limits: limits)
            let clients = [try test.connect(), try test.connect()]
            #expect(try test.turn { test.server.statistics.openConnections == 2 })
            // The clients get their descriptors before the limit is set; the server must accept them afterwards.
            let waiting = try (1..<newcomers).map { _ in try test.connect() }
            let last = try test.connect()
            last.send(get("/new"))
            try exhaustDescriptors()
            #expect(try test.turn { last.text.hasSuffix("path /new\n") })
            #expect(test.server.statistics.refused[.resources] == UInt64(newcomers))
            #expect(try test.turn { (clients + waiting).count { $0.isEnded } == newcomers })
            #expect(test.server.statistics.openConnections == 2)
        }
    }

    @Test(
        "Without descriptors, the server accepts again later",
        arguments: [0, 6])
    func noRoom(_ idle: Int) async {
        await #expect(processExitsWith: .success) { [idle] in
            var limits = Limits()
            limits.acceptPause = .milliseconds(50)
            let test = try TestServer(limits: limits)
            let clients = try (0..<idle).map { _ in try test.connect() }
            #expect(try test.turn { test.server.statistics.openConnections == clients.count })
            let newcomer = try test.connect()
            // The descriptors below 3 stay open, so closing connections frees no number below the limit.
            try limitDescriptors(to: 3)
            #expect(try test.turn { test.server.statistics.refused[.resources] == 6 })
            #expect(test.server.statistics.openConnections == 0)
            try limitDescriptors(to: 64)
            newcomer.send(get("/new"))
            #expect(try test.turn { newcomer.text.hasSuffix("path /new\n") })
        }
    }
}

/// Sets the soft limit of descriptors.
private func limitDescriptors(to count: rlim_t) throws {
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    try SystemError.check("getrlimit") { getrlimit(files, &limit) }
    limit.rlim_cur = count
    try SystemError.check("setrlimit") { setrlimit(files, &limit) }
}

/// Opens all free descriptors below the highest open one. Then sets the limit so that no more can be opened.
private func exhaustDescriptors() throws {
    let highest = try #require((0..<1024).last { fcntl($0, F_GETFD) >= 0 })
    var next = try SystemError.check("open") { open("/dev/null", O_RDONLY) }
    while next < highest { next = try SystemError.check("dup") { dup(highest) } }
    close(next)
    try limitDescriptors(to: rlim_t(next))
}
