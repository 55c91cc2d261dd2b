/// The status line and header fields of a reply (RFC 9112 section 4).
package struct ResponseHead: Equatable, Sendable {
    /// A header field as it is sent.
    package struct Field: Equatable, Sendable {
        /// A token.
        package var name: String
        /// Without line ends and other control characters.
        package var value: String

        /// Not checked before the head is encoded.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A field that would let its author write other fields or a reply of their own, or is no field at all.
    package struct InvalidField: Error, Equatable {
        /// The name as given.
        package let name: String
    }

    /// What becomes of the connection, as `Connection` says it.
    package enum Persistence: Equatable, Sendable {
        /// HTTP/1.1 stays open without a word.
        case open
        /// HTTP/1.0 stays open where both sides say so.
        case keepAlive
        /// No further request is read.
        case close
    }

    /// The status.
    package var status: StatusCode
    /// What `encoded` does not add by itself, in this order.
    package var fields: [Field]

    /// Nothing is checked before the head is encoded.
    package init(status: StatusCode, fields: [Field] = []) {
        self.status = status
        self.fields = fields
    }

    /// The head with its last empty line: the fields given, `Date`, `Content-Length` if it is known and the status allows
    /// content, and `Connection` unless that is the default.
    ///
    /// The version is 1.1 whatever was asked in, as RFC 9110 section 6.2 wants it.
    package func encoded(
        contentLength: Int?, date unixSeconds: Int64, persistence: Persistence
    ) throws(InvalidField) -> [UInt8] {
        var text = "HTTP/1.1 \(status.rawValue) \(status.reasonPhrase)\r\n"
        text += "Date: \(HTTPDate.text(unixSeconds: unixSeconds))\r\n"
        for field in fields {
            guard Grammar.isToken(field.name.utf8), field.value.utf8.allSatisfy(Grammar.isFieldValueByte) else {
                throw InvalidField(name: field.name)
            }
            text += "\(field.name): \(field.value)\r\n"
        }
        if status.allowsContent, let contentLength { text += "Content-Length: \(contentLength)\r\n" }
        switch persistence {
        case .open: break
        case .keepAlive: text += "Connection: keep-alive\r\n"
        case .close: text += "Connection: close\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}
