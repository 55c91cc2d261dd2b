import Text

/// The first line of a request (RFC 9112 section 3).
struct RequestLine {
    let method: Request.Method
    /// Same as `Request.path`.
    let path: String
    let minorVersion: Int

    /// Parses a line without its line end. Exactly one space separates the words.
    init(_ line: [UInt8]) throws(RequestFailure) {
        let words = line.split(separator: Grammar.space, omittingEmptySubsequences: false)
        guard words.count == 3, Grammar.isToken(words[0]) else { throw .malformedRequestLine }
        minorVersion = try Self.minorVersion(words[2])
        method = Request.Method(rawValue: String(decoding: words[0], as: UTF8.self))
        path = try RequestTarget.path(words[1], method: method)
    }

    /// 0 for `HTTP/1.0`. A later minor version counts as 1 (RFC 9110 section 2.5).
    private static func minorVersion(_ text: ArraySlice<UInt8>) throws(RequestFailure) -> Int {
        let prefix = "HTTP/".utf8
        let number = Array(text.dropFirst(prefix.count))
        guard text.starts(with: prefix), number.count == 3, number[0].isDigit, number[1] == UInt8(ascii: "."),
            number[2].isDigit
        else { throw .malformedRequestLine }
        guard number[0] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return number[2] == UInt8(ascii: "0") ? 0 : 1
    }
}
