import HTTPServer
import Testing
import Text

@Suite struct ListenAddressTests {
    @Test(
        "A parsed listen address is formatted as the same string",
        arguments: [
            (":10058", ListenAddress.tcp(host: nil, port: 10058)), ("127.0.0.1:0", .tcp(host: "127.0.0.1", port: 0)),
            ("[::]:10058", .tcp(host: "::", port: 10058)), ("[fe80::1%eth0]:1", .tcp(host: "fe80::1%eth0", port: 1)),
            ("node-1.example:65535", .tcp(host: "node-1.example", port: 65535)),
            ("unix:/run/x.sock", .unix(path: "/run/x.sock")), ("unix:/run/a:1", .unix(path: "/run/a:1")),
        ])
    func reads(_ text: String, _ expected: ListenAddress) throws {
        #expect(try ListenAddress(text) == expected)
        #expect(expected.description == text)
    }

    @Test(
        "An invalid listen address is refused",
        arguments: [
            "", "10058", ":", ":x", ":65536", ":-1", ":+1", "::1:10058", "[::1]", "[]:1", "[x]:1", "[::1%]:1",
            "[::1%a b]:1", "a b:1", "@:1", "unix:", "unix:x", "unix:/", "unix:@abstract", "unix:/a\u{0}b",
            "unix:/" + String(repeating: "x", count: 107), "http://h:1",
        ])
    func refuses(_ text: String) {
        #expect(throws: InvalidValue.self) { try ListenAddress(text) }
    }

    @Test("A socket path may fill sun_path completely")
    func longestPath() throws {
        let path = "/" + String(repeating: "x", count: 106)
        #expect(try ListenAddress("unix:" + path) == .unix(path: path))
    }
}
