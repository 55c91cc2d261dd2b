import HTTPServer
import Testing

@Suite struct RequestTargetTests {
    @Test(
        "Each form of a target gives the expected path",
        arguments: [
            ("GET", "/", "/"), ("GET", "/metrics", "/metrics"), ("GET", "/metrics?a=b&c", "/metrics"),
            ("GET", "/metrics?/?:@%20", "/metrics"), ("GET", "/metrics?collect[]=cpu", "/metrics"),
            ("GET", "/?a={b|c}^\"", "/"), ("GET", "/m?\\`<>'~%&%2&%zz", "/m"), ("GET", "/m?é=\u{2028}", "/m"),
            ("GET", "http://h?q[]=<é>", "/"), ("GET", "//", "//"), ("GET", "/-/ready", "/-/ready"),
            ("GET", "/%6Detrics", "/metrics"), ("GET", "/a%2fb%00", "/a%2Fb%00"), ("GET", "/a/../b", "/a/../b"),
            ("GET", "http://h/metrics", "/metrics"), ("GET", "HTTP://h:80/m?q", "/m"), ("GET", "http://h", "/"),
            ("GET", "http://h?q", "/"), ("GET", "https://[::1]:1/m", "/m"), ("OPTIONS", "*", "*"),
            ("OPTIONS", "http://h", "*"), ("OPTIONS", "/m", "/m"), ("CONNECT", "h:80", ""),
        ])
    func forms(_ method: String, _ target: String, _ path: String) throws {
        let request = try #require(requests(in: "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n").first)
        #expect(request.path == path)
    }

    @Test(
        "A target that is invalid for its method is refused",
        arguments: [
            ("GET", "*"), ("GET", "metrics"), ("GET", "h:80"), ("GET", "/a#b"), ("GET", "/%"), ("GET", "/%2"),
            ("GET", "/%zz"), ("GET", "/\"a\""), ("GET", "/ä"), ("GET", "/a\\b"), ("GET", "/\u{7f}"),
            ("GET", "/[]?a=b"), ("GET", "/?a\u{7f}"), ("GET", "/?a\tb"), ("GET", "/?\u{0}"), ("GET", "/?a#b"),
            ("GET", "http:///m"), ("GET", "http://:80/m"), ("GET", "http://u@h/m"),
            ("GET", "http:/m"), ("GET", "ftp://h/m"), ("GET", "http://h:x/"), ("CONNECT", "/"), ("CONNECT", "h"),
            ("CONNECT", "h:"), ("CONNECT", ":80"), ("CONNECT", "*"), ("OPTIONS", "**"), ("GET", "\u{1}"),
        ])
    func refused(_ method: String, _ target: String) {
        #expect(failure(of: "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == .invalidTarget)
    }

    @Test(
        "Unnecessary percent-encoding is decoded",
        arguments: [
            ("/m%65trics", "/metrics"), ("/%7e", "/~"), ("/%c3%a9", "/%C3%A9"), ("/%25", "/%25"), ("/%2541", "/%2541"),
            ("/100%", "/100%"), ("/%4", "/%4"), ("/%zz", "/%zz"), ("", ""),
        ])
    func normalization(_ path: String, _ expected: String) {
        #expect(RequestTarget.normalized(path) == expected)
        #expect(RequestTarget.normalized(expected) == expected)
    }
}
