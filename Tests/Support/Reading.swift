package import JSONStream

/// The tokens that a `JSONReader` reads from a text, and the error at which it stops.
///
/// Brackets and literals are written as in JSON. A prefix marks keys (`k:name`), strings (`s:text`) and numbers
/// (`n:1e1`, `n:10=10`). An integer from 0 to 2⁶⁴−1 without fraction and exponent also has its value after `=`.
package struct Reading: Equatable, CustomStringConvertible {
    package var tokens: [String] = []
    package var error: JSONError?

    /// - Parameters:
    ///   - pieces: the text as it arrives.
    ///   - skips: returns whether to skip the value of the given key.
    package init(_ pieces: [[UInt8]], skipping skips: (String) -> Bool = { _ in false }) {
        var reader = JSONReader()
        do throws(JSONError) {
            for piece in pieces { try read(piece, &reader, skips) }
            if let token = try reader.finish() { tokens.append(describe(token, [], &reader)) }
        } catch {
            self.error = error
        }
    }

    /// No tokens and no error.
    package init(none: Void) {}

    package init(_ text: String) {
        self.init([Array(text.utf8)])
    }

    /// Skips the whole value.
    package init(skippingAllOf pieces: [[UInt8]]) {
        var reader = JSONReader()
        reader.skipValue()
        do throws(JSONError) {
            for piece in pieces { try read(piece, &reader) { _ in false } }
            if let token = try reader.finish() { tokens.append(describe(token, [], &reader)) }
        } catch {
            self.error = error
        }
    }

    private mutating func read(
        _ piece: [UInt8], _ reader: inout JSONReader, _ skips: (String) -> Bool
    ) throws(JSONError) {
        while true {
            let token = try reader.next(in: piece.span.bytes)
            if token == .needsMore { return }
            tokens.append(describe(token, piece, &reader))
            if token == .key, skips(reader.text(in: piece.span.bytes)) { reader.skipValue() }
        }
    }

    private func describe(_ token: JSONToken, _ piece: [UInt8], _ reader: inout JSONReader) -> String {
        switch token {
        case .needsMore: return "needsMore"
        case .beginObject: return "{"
        case .endObject: return "}"
        case .beginArray: return "["
        case .endArray: return "]"
        case .true: return "true"
        case .false: return "false"
        case .null: return "null"
        case .key: return "k:" + reader.text(in: piece.span.bytes)
        case .string: return "s:" + reader.text(in: piece.span.bytes)
        case .number:
            let integer = reader.unsignedInteger.map { "=\($0)" } ?? ""
            return "n:" + reader.text(in: piece.span.bytes) + integer
        }
    }

    /// The tokens, then `!` and the error.
    package var description: String {
        tokens.joined(separator: " ") + (error.map { " ! \($0)" } ?? "")
    }
}
