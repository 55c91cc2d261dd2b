/// The lines of a file, without line ends. A line ends with LF, CR LF or CR, as in StorPool's client.
struct ConfigurationLines {
    private let bytes: [UInt8]
    private var position = 0
    /// The number of the line that `next()` has just returned, counted from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Returns the next line, or nil at the end of the file. The final line may have no line end.
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

    /// Space, tab, vertical tab or form feed, which may surround names and values.
    var isConfigurationBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == 0x0B || self == 0x0C
    }
}

extension ArraySlice<UInt8> {
    var trimmedStart: ArraySlice<UInt8> { drop(while: \.isConfigurationBlank) }

    var trimmedEnd: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !$0.isConfigurationBlank }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}
