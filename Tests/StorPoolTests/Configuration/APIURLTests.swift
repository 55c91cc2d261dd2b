import StorPool
import Testing
import Text

@Suite("API URL")
struct APIURLTests {
    @Test(
        "The URL has http, a host, a port and optionally the API path",
        arguments: [
            ("http://127.0.0.1:81", "http://127.0.0.1:81/ctrl/1.0/"),
            ("http://127.0.0.1:81/", "http://127.0.0.1:81/ctrl/1.0/"),
            ("http://storpool-api.example:8081/ctrl/1.0", "http://storpool-api.example:8081/ctrl/1.0/"),
            ("HTTP://api_1:65535/ctrl/1.0/", "http://api_1:65535/ctrl/1.0/"),
            ("http://[::1]:81", "http://[::1]:81/ctrl/1.0/"),
            ("http://[2001:db8::10.0.0.1]:81", "http://[2001:db8::10.0.0.1]:81/ctrl/1.0/"),
        ])
    func accepts(_ text: String, _ url: String) throws {
        #expect(try APIURL(text).text == url)
    }

    @Test(
        "Other URLs are refused",
        arguments: [
            "", "http://", "127.0.0.1:81", "https://127.0.0.1:81", "ftp://h:1", "http://h", "http://h/", "http://[::1]",
            "http://h:", "http://h:0", "http://h:65536", "http://h:+81", "http://h:81x", "http://:81", "http://::1:81",
            "http://[::1:81", "http://[::1]x:81", "http://[1:2]:81", "http://[::1%eth0]:81", "http://h:81/other",
            "http://h:81/ctrl/1.0/VolumesList", "http://h:81?x", "http://h:81/#x", "http://h :81", "http://-h:81",
            "http://h..x:81", "http://h\r\nX-Y: z:81", "http://h\u{0}:81", "http://hö:81", "http://h:81\u{301}",
        ])
    func refuses(_ text: String) {
        #expect(throws: InvalidValue.self) { try APIURL(text) }
    }

    @Test("A URL with a password is refused without showing it")
    func credentials() throws {
        let error = try #require(throws: InvalidValue.self) { try APIURL("http://me:hunter2@h:81") }
        #expect(!error.description.contains("hunter2"))
    }

    @Test(
        "The URL has brackets around an IPv6 address",
        arguments: [("::1", "[::1]"), ("[fe80::1]", "[fe80::1]"), ("1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]"), ("h", "h")])
    func brackets(_ host: String, _ inURL: String) throws {
        #expect(try APIURL(host: host, port: "81").text == "http://\(inURL):81/ctrl/1.0/")
    }

    @Test(
        "A malformed IPv6 address is refused",
        arguments: [
            ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "12345::", "g::1",
            "::1.2.3", "::1.2.3.256", "::1.2.3.04", "1.2.3.4::", ":1::2", "::1:", "[]", "[::1", "::1]", "[::1]]",
        ])
    func malformedIPv6(_ host: String) {
        #expect(throws: InvalidValue.self) { try APIURL(host: host, port: "81") }
    }
}
