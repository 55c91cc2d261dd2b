import Glibc
import HTTPServer
import System
import Testing

@Suite struct ListenerTests {
    private static let hasIPv6 = (try? TestServer([.tcp(host: "::1", port: 0)])) != nil

    private func path(_ name: String) -> String {
        "/tmp/http-server-test-\(getpid())-\(name)"
    }

    private func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    private func expectAnswer(_ test: TestServer, at address: String) throws {
        let client = try TestClient(test.loop, to: address)
        client.send(get("/here"))
        #expect(try test.turn { client.text.hasSuffix("path /here\n") })
    }

    @Test("An address without a host accepts IPv6 and IPv4")
    func everywhere() throws {
        let test = try TestServer([.tcp(host: nil, port: 0)])
        let port = TestClient.port(of: test.address)
        #expect(port != 0)
        try expectAnswer(test, at: "127.0.0.1:\(port)")
        if Self.hasIPv6 {
            #expect(test.address == "[::]:\(port)")
            try expectAnswer(test, at: "[::1]:\(port)")
        } else {
            #expect(test.address.hasSuffix("]:\(port)") || test.address == "0.0.0.0:\(port)")
        }
    }

    @Test("The server listens on all addresses of a host name")
    func names() throws {
        let test = try TestServer([.tcp(host: "localhost", port: 0)])
        #expect(test.server.boundAddresses.count >= 1)
        for address in test.server.boundAddresses { try expectAnswer(test, at: address) }
    }

    /// A free port. The next port is free too. Outgoing connections do not use these ports.
    private func freePort() throws -> UInt16 {
        while true {
            let port = UInt16.random(in: 15_000..<32_000)
            if (try? TestServer([.tcp(host: nil, port: port), .tcp(host: nil, port: port + 1)])) != nil { return port }
        }
    }

    @Test("A listen address that is given twice is used once")
    func repeated() throws {
        let port = try freePort()
        let other = try freePort()
        let path = path("repeated")
        let test = try TestServer([
            .tcp(host: "127.0.0.1", port: port), .tcp(host: "127.0.0.1", port: port),
            .tcp(host: "127.0.0.001", port: port), .tcp(host: nil, port: other), .tcp(host: nil, port: other),
            .tcp(host: "0.0.0.0", port: other), .tcp(host: "127.0.0.1", port: other), .unix(path: path),
            .unix(path: path),
        ])
        #expect(test.server.boundAddresses.count == 3)
        for address in ["127.0.0.1:\(port)", "127.0.0.1:\(other)", "unix:\(path)"] {
            try expectAnswer(test, at: address)
        }
        let named = try TestServer([.tcp(host: "localhost", port: port + 1), .tcp(host: "localhost", port: port + 1)])
        #expect(Set(named.server.boundAddresses).count == named.server.boundAddresses.count)
        let chosen = try TestServer([.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.1", port: 0)])
        #expect(Set(chosen.server.boundAddresses).count == 2)
    }

    @Test("The IPv4 and IPv6 wildcards can share a port", .enabled(if: hasIPv6), arguments: [false, true])
    func bothWildcards(_ reversed: Bool) throws {
        let port = try freePort()
        let addresses = ["0.0.0.0", "::"].map { ListenAddress.tcp(host: $0, port: port) }
        let test = try TestServer(reversed ? addresses.reversed() : addresses)
        #expect(Set(test.server.boundAddresses) == ["0.0.0.0:\(port)", "[::]:\(port)"])
        try expectAnswer(test, at: "127.0.0.1:\(port)")
        try expectAnswer(test, at: "[::1]:\(port)")
    }

    @Test("The IPv6 wildcard accepts IPv4 if no other socket does", .enabled(if: hasIPv6))
    func everyIPv6Address() throws {
        let port = try freePort()
        let test = try TestServer([.tcp(host: "::", port: port), .tcp(host: "127.0.0.1", port: port)])
        #expect(test.server.boundAddresses == ["[::]:\(port)"])
        try expectAnswer(test, at: "127.0.0.1:\(port)")
    }

    @Test("The mode of a socket file is reported")
    func socketFileMode() throws {
        let path = path("mode")
        let test = try TestServer([.unix(path: path)])
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(test.server.socketFileModes == ["unix:\(path)": status.st_mode & 0o777])
    }

    @Test("An address that cannot be used is named in the error")
    func refused() throws {
        let test = try TestServer()
        let port = TestClient.port(of: test.address)
        #expect(throws: SystemError(operation: "bind 127.0.0.1:\(port)", code: EADDRINUSE)) {
            try TestServer([.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.1", port: port)])
        }
        #expect(throws: SystemError(operation: "bind 192.0.2.1:1234", code: EADDRNOTAVAIL)) {
            try TestServer([.tcp(host: "192.0.2.1", port: 1234)])
        }
        do {
            _ = try TestServer([.tcp(host: "no such host", port: 1)])
            Issue.record("a name that cannot exist was found")
        } catch let error as SystemError {
            #expect(error.operation.hasPrefix("getaddrinfo no such host ("))
        }
        #expect(test.openSockets() == 1)
    }

    @Test("The file of a Unix socket is removed on stop")
    func unixSocket() throws {
        let path = path("plain")
        let test = try TestServer([.unix(path: path), .tcp(host: "127.0.0.1", port: 0)])
        #expect(test.address == "unix:\(path)")
        try expectAnswer(test, at: test.address)
        #expect(exists(path))
        test.server.stop()
        #expect(!exists(path))
    }

    @Test("A socket file without a listener is replaced")
    func staleUnixSocket() throws {
        let path = path("stale")
        let first = try TestServer([.unix(path: path)])
        #expect(throws: SystemError(operation: "bind unix:\(path)", code: EADDRINUSE)) {
            try TestServer([.unix(path: path)])
        }
        try expectAnswer(first, at: first.address)
        // Rename the file during the stop, so that the server does not remove it. A killed server leaves its file too.
        #expect(rename(path, path + "-moved") == 0)
        first.server.stop()
        #expect(rename(path + "-moved", path) == 0)
        let second = try TestServer([.unix(path: path)])
        try expectAnswer(second, at: second.address)
        second.server.stop()
        #expect(!exists(path))
    }

    @Test("A file that is not a socket is kept")
    func otherFile() throws {
        let path = path("file")
        defer { unlink(path) }
        close(try SystemError.check("creat") { creat(path, 0o600) })
        #expect(throws: SystemError(operation: "bind unix:\(path)", code: EADDRINUSE)) {
            try TestServer([.unix(path: path)])
        }
        #expect(exists(path))
        let long = String(repeating: "x", count: 108)
        #expect(throws: SystemError(operation: "bind unix:/\(long)", code: ENAMETOOLONG)) {
            try TestServer([.unix(path: "/" + long)])
        }
    }

    @Test("A socket file that has been replaced is not removed")
    func replacedFile() throws {
        let path = path("replaced")
        let first = try TestServer([.unix(path: path)])
        unlink(path)
        let second = try TestServer([.unix(path: path)])
        first.server.stop()
        try expectAnswer(second, at: second.address)
    }

    @Test("An inherited socket is served, and closed on stop")
    func inherited() throws {
        // Uses a socket file, because another test could open the port of a closed TCP socket.
        let path = path("inherited")
        let descriptor = try SystemError.check("socket") { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
        do {
            let copy = Descriptor(owning: dup(descriptor))
            try copy.bind(to: try SocketAddress(unixPath: path))
            try copy.listen(backlog: 1)
        }
        let test = try TestServer([.inherited(descriptor)])
        try expectAnswer(test, at: "unix:\(path)")
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        test.server.stop()
        #expect(throws: SystemError(operation: "connect unix:\(path)", code: ECONNREFUSED)) {
            try TestClient(test.loop, to: "unix:\(path)")
        }
    }

    @Test("An inherited socket that does not listen is refused")
    func inheritedWrong() throws {
        let descriptor = try SystemError.check("socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        #expect(throws: SystemError(operation: "listen on 0.0.0.0:0: not a listening stream socket", code: EINVAL)) {
            try TestServer([.inherited(descriptor)])
        }
    }
}
