import CShims

/// One gzip member (RFC 1952) put together from pieces: `header`, what each piece `deflated`, `trailer`.
///
/// One member, because some clients stop reading after the first.
package enum Gzip {
    /// The ten bytes that every member begins with: no name, no time, unknown system, so that equal bytes compress to
    /// equal bytes (RFC 1952 section 2.3).
    package static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    /// How many bytes `trailer` has.
    package static let trailerLength = 10

    /// Ends a member that consists of these pieces in this order: an empty final block, CRC-32 and length
    /// (RFC 1951 section 3.2.6, RFC 1952 section 2.3.1).
    package static func trailer(of pieces: some Sequence<GzipPiece>) -> [UInt8] {
        var crc: UInt32 = 0
        // ISIZE is the length modulo 2^32.
        var length: UInt32 = 0
        for piece in pieces {
            crc = UInt32(truncatingIfNeeded: crc32_combine(UInt(crc), UInt(piece.crc32), piece.length))
            length &+= UInt32(truncatingIfNeeded: piece.length)
        }
        // Final bit, fixed codes, end of block.
        var bytes: [UInt8] = [0x03, 0x00]
        for value in [crc, length] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return bytes
    }

    /// A whole member of these pieces.
    package static func member(of pieces: some Collection<GzipPiece>) -> [UInt8] {
        var bytes = header
        bytes.reserveCapacity(header.count + pieces.reduce(0) { $0 + $1.deflated.count } + trailerLength)
        for piece in pieces { bytes += piece.deflated }
        return bytes + trailer(of: pieces)
    }

    /// Compresses one piece with a compressor made for it alone; for many, keep a `GzipCompressor`.
    ///
    /// - Parameter level: 1, fastest, to 9, smallest; beyond that, the nearest of these.
    package static func compress(_ bytes: [UInt8], level: Int = GzipCompressor.defaultLevel) throws(GzipError)
        -> GzipPiece
    {
        try GzipCompressor(level: level).compress(bytes)
    }
}

/// Why zlib did not compress: in practice, no memory.
package struct GzipError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The zlib function.
    package let operation: String
    /// What it returned, such as `Z_MEM_ERROR`.
    package let code: Int32

    /// `deflateInit2: insufficient memory`.
    package var description: String {
        "\(operation): \(zError(code).map { String(cString: $0) } ?? "error \(code)")"
    }
}
