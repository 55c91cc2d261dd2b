/// How the content of a request is delimited (RFC 9112 section 6).
enum ContentFraming: Equatable {
    /// This many bytes, perhaps none.
    case length(Int)
    case chunked

    /// Reads the fields that say it, and refuses whatever two programs could understand in two ways.
    init(_ fields: HeaderFields, minorVersion: Int, limits: MessageLimits) throws(RequestFailure) {
        let lengths = fields.values(of: "content-length")
        let codings = fields.values(of: "transfer-encoding")
        if codings.isEmpty {
            self = .length(try Self.length(lengths, limits: limits))
            return
        }
        guard lengths.isEmpty else { throw .framingAmbiguous }
        guard minorVersion >= 1 else { throw .transferEncodingInvalid }
        let names = fields.tokens(of: "transfer-encoding")
        guard names.last == "chunked", names.count(where: { $0 == "chunked" }) == 1 else {
            throw .transferEncodingInvalid
        }
        guard names.count == 1 else { throw .transferCodingUnknown }
        self = .chunked
    }

    private static func length(_ values: [String], limits: MessageLimits) throws(RequestFailure) -> Int {
        guard let value = values.first else { return 0 }
        guard values.count == 1, !value.isEmpty, value.utf8.allSatisfy(Grammar.isDigit) else {
            throw .contentLengthInvalid
        }
        // A number that does not fit is a valid length, and too large.
        guard let length = Int(value), length <= limits.contentBytes else { throw .contentTooLarge }
        return length
    }
}
