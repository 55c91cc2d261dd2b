package import JSONStream

/// What a reader says of a text: its tokens, and the error that ended them, if any.
///
/// Tokens are written as `{ } [ ]`, `k:` and a key, `s:` and a string, `n:` and a number with `=` and its integer where
/// it is one from 0 to 2⁶⁴−1, and the literals.
package struct Reading: Equatable, CustomStringConvertible {
    /// As above.
    package var tokens: [String] = []
    /// What ended them.
    package var error: JSONError?

    /// Reads a text that arrives in these pieces. Where `skips` says so of a key, its value is passed over.
    package init(_ pieces: [[UInt8]], skipping skips: (String) -> Bool = { _ in false }) {
        var reader = JSONReader()
        do throws(JSONError) {
            for piece in pieces { try read(piece, &reader, skips) }
            if let token = try reader.finish() { tokens.append(describe(token, [], &reader)) }
        } catch {
            self.error = error
        }
    }

    /// Nothing, and no error.
    package init(none: Void) {}

    /// Reads a text that arrives whole.
    package init(_ text: String) {
        self.init([Array(text.utf8)])
    }

    /// Reads a whole value whose tokens nobody wants.
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

    /// The tokens in a line, and the error behind `!`.
    package var description: String {
        tokens.joined(separator: " ") + (error.map { " ! \($0)" } ?? "")
    }
}
