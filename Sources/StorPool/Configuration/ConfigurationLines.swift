/// The lines of a file without their ends: LF, CR LF, or a CR alone, which the official client reads as an end too.
struct ConfigurationLines {
    private let bytes: [UInt8]
    private var position = 0
    /// The 1-based number of the line that `next()` returned last.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next line; nil after the last, which needs no end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard position < bytes.count else { return nil }
        number += 1
        let rest = bytes[position...]
        guard let end = rest.firstIndex(where: { $0 == .lineFeed || $0 == .carriageReturn }) else {
            position = bytes.count
            return rest
        }
        position = end + 1
        if bytes[end] == .carriageReturn, position < bytes.count, bytes[position] == .lineFeed {
            position += 1
        }
        return rest[..<end]
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let backslash = UInt8(ascii: "\\")

    /// What may stand around names and values: space, tab, vertical tab, form feed.
    var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == 0x0B || self == 0x0C
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks at its start.
    var trimmedStart: ArraySlice<UInt8> { drop(while: \.isBlank) }

    /// Without the blanks at its end.
    var trimmedEnd: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !$0.isBlank }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}
