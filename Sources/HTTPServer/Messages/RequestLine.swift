import Text

/// The first line of a request (RFC 9112 section 3).
struct RequestLine {
    var method: Request.Method
    var target: RequestTarget
    var minorVersion: Int

    init(method: Request.Method, target: RequestTarget, minorVersion: Int) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
    }

    /// Reads a line without its line end. Words are separated by one space each, which RFC 9112 demands of senders.
    init(_ line: [UInt8]) throws(RequestFailure) {
        let words = line.split(separator: Grammar.space, omittingEmptySubsequences: false)
        guard words.count == 3, let method = words.first, let version = words.last, Grammar.isToken(method) else {
            throw .malformedRequestLine
        }
        minorVersion = try Self.minorVersion(version)
        self.method = Request.Method(rawValue: String(decoding: method, as: UTF8.self))
        target = try RequestTarget(words[1], method: self.method)
    }

    /// `HTTP/1.0` is 0; a later minor version is answered as the latest known one (RFC 9110 section 2.5).
    private static func minorVersion(_ text: ArraySlice<UInt8>) throws(RequestFailure) -> Int {
        let prefix = Array("HTTP/".utf8)
        let number = text.dropFirst(prefix.count)
        guard text.starts(with: prefix), number.count == 3, let major = number.first, let minor = number.last,
            number.dropFirst().first == UInt8(ascii: "."), major.isDigit, minor.isDigit
        else { throw .malformedRequestLine }
        guard major == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return minor == UInt8(ascii: "0") ? 0 : 1
    }
}
