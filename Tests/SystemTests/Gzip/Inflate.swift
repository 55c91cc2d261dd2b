import CShims
import Testing

/// What zlib's reader had against a member.
struct Refused: Error, Equatable {
    var reason: String
}

/// Reads one gzip member with zlib's own reader.
///
/// - Returns: the bytes within, and how many bytes of `member` were left over.
func inflateMember(_ member: [UInt8]) throws -> (bytes: [UInt8], rest: Int) {
    var stream = z_stream()
    var input = member
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    // Beyond 16, the reader takes gzip and nothing else.
    try #require(
        inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { inflateEnd(&stream) }
    return try input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        while true {
            let code = chunk.withUnsafeMutableBufferPointer { chunk in
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(chunk.count)
                return inflate(&stream, Z_NO_FLUSH)
            }
            bytes += chunk.prefix(chunk.count - Int(stream.avail_out))
            if code == Z_STREAM_END { return (bytes, Int(stream.avail_in)) }
            if code != Z_OK { throw Refused(reason: stream.msg.map { String(cString: $0) } ?? "cut short") }
        }
    }
}

/// Bytes that do not compress, the same in every run (xorshift).
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
    }
}
