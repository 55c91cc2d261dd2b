/// Bytes that some editors write at the beginning of a file to name its encoding.
enum ByteOrderMark: CaseIterable {
    case utf8, utf16BigEndian, utf16LittleEndian

    private var bytes: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        }
    }

    var description: String {
        switch self {
        case .utf8: "a UTF-8 byte order mark (EF BB BF)"
        case .utf16BigEndian: "a UTF-16 byte order mark (FE FF)"
        case .utf16LittleEndian: "a UTF-16 byte order mark (FF FE)"
        }
    }

    static func first(of text: some Sequence<UInt8>) -> ByteOrderMark? {
        allCases.first { text.starts(with: $0.bytes) }
    }
}
