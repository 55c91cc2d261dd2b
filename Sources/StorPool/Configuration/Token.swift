/// What authorizes a request to the StorPool API. Nothing that prints, dumps or interpolates it shows it.
package struct Token: Equatable, Sendable {
    private let value: String

    /// - Parameter value: visible ASCII (RFC 9110 `VCHAR`), so that it can neither end a header line nor be trimmed
    ///   from one; at most `Bounds.tokenBytes` long.
    ///
    /// Errors: a `TokenError`, which does not repeat the value.
    package init(_ value: String) throws(TokenError) {
        guard !value.isEmpty else { throw .empty }
        guard value.utf8.count <= Bounds.tokenBytes else { throw .tooLong }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unsendable }
        self.value = value
    }

    /// From the content of a file: one line end at its end is not part of the token.
    package init(contents: [UInt8]) throws(TokenError) {
        guard contents.count <= Bounds.tokenBytes + 2 else { throw .tooLong }
        guard ByteOrderMark.first(of: contents) == nil else { throw .byteOrderMark }
        var bytes = contents[...]
        if bytes.last == .lineFeed {
            bytes = bytes.dropLast()
            if bytes.last == .carriageReturn {
                bytes = bytes.dropLast()
            }
        }
        try self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The same text without the token, for texts of somebody who was told it.
    package func hidden(in text: String) -> String {
        // By bytes: to a comparison of characters, a token before a combining mark is another text.
        text.utf8.split(separator: value.utf8, omittingEmptySubsequences: false).map { String(Substring($0)) }
            .joined(separator: "(the token)")
    }

    /// The value of the `Authorization` header. Its one use is that header.
    package var authorization: String { "Storpool v1:" + value }
}

/// What is wrong with a token, without the token.
package enum TokenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No characters at all.
    case empty
    /// More than `Bounds.tokenBytes` bytes.
    case tooLong
    /// A blank, a control character or one beyond ASCII.
    case unsendable
    /// A file that starts with a byte order mark.
    case byteOrderMark

    /// A clause that can stand in a log.
    package var description: String {
        switch self {
        case .empty: "the token is empty"
        case .tooLong: "the token is longer than \(Bounds.tokenBytes) bytes"
        case .byteOrderMark: "the file starts with a byte order mark; save it as UTF-8 without one"
        case .unsendable: "the token holds a blank, a control character or one that is not ASCII"
        }
    }
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for every token.
    package var description: String { "(token)" }
    /// The same for every token.
    package var debugDescription: String { description }
    /// Without children, so that `dump` and the description of what contains a token show nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
