/// The token of the StorPool API. Printing, dumping or interpolating a `Token` does not reveal it.
package struct Token: Equatable, Sendable {
    private let value: String

    /// - Parameter value: at most `Bounds.tokenBytes` visible ASCII characters (RFC 9110 `VCHAR`), which a header
    ///   carries unchanged.
    package init(_ value: String) throws(TokenError) {
        guard !value.isEmpty else { throw .empty }
        guard value.utf8.count <= Bounds.tokenBytes else { throw .tooLong }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unsendable }
        self.value = value
    }

    /// - Parameter contents: the bytes of the token file. One line end at the end is ignored.
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

    /// Replaces the token in a text that may repeat the request, such as an error message of the API.
    package func hidden(in text: String) -> String {
        // Searches by bytes, because `String` does not find a token if a combining mark follows it.
        text.utf8.split(separator: value.utf8, omittingEmptySubsequences: false).map { String(Substring($0)) }
            .joined(separator: "(the token)")
    }

    /// The value of the `Authorization` header.
    package var authorization: String { "Storpool v1:" + value }
}

/// Why a token is unusable. Does not contain the token.
package enum TokenError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case unsendable
    case byteOrderMark

    package var description: String {
        switch self {
        case .empty: "the token is empty"
        case .tooLong: "the token is longer than \(Bounds.tokenBytes) bytes"
        case .byteOrderMark: "the file starts with a byte order mark; save it as UTF-8 without a byte order mark"
        case .unsendable: "the token contains a space, a control character or a character that is not ASCII"
        }
    }
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(token)" }
    package var debugDescription: String { description }
    /// Empty, so that `dump` shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
