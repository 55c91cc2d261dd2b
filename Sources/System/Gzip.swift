import CShims

/// Compression for HTTP replies.
///
/// A reply is a single gzip member (RFC 1952), because some clients read only the first member. The parts of a reply
/// are compressed separately, so that the next reply can reuse them.
package enum Gzip {
    /// Higher levels save little on pages of similar lines. At this level, compressing 17 MB takes 80 ms.
    private static let level: Int32 = 3
    /// A window of 32 KiB. A negative value means raw DEFLATE, without header and trailer.
    private static let windowBits: Int32 = -15
    /// zlib's default.
    private static let memoryLevel: Int32 = 8
    private static let bufferBytes = 64 << 10

    /// A compressed part of a gzip member. It ends on a byte boundary and does not refer to other parts.
    package struct Part: Equatable, Sendable {
        fileprivate var deflated: [UInt8] = []
        fileprivate var crc32: UInt = 0
        fileprivate var length = 0
    }

    /// Compresses the concatenated pieces (`deflate`). Stops the process if memory runs out.
    package static func compress(_ pieces: [[UInt8]]) -> Part {
        var part = Part()
        var stream = unsafe z_stream()
        unsafe withUnsafeMutablePointer(to: &stream) { stream in
            unsafe check(czlib_deflate_init2(stream, level, windowBits, memoryLevel))
            defer { unsafe deflateEnd(stream) }
            for piece in pieces where !piece.isEmpty {
                unsafe piece.withUnsafeBufferPointer { bytes in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
                    unsafe stream.pointee.avail_in = UInt32(bytes.count)
                    part.crc32 = unsafe crc32_z(part.crc32, bytes.baseAddress, bytes.count)
                    part.length += bytes.count
                    unsafe deflateAll(stream, Z_NO_FLUSH, into: &part.deflated)
                }
            }
            if part.length > 0 { unsafe deflateAll(stream, Z_FULL_FLUSH, into: &part.deflated) }
        }
        return part
    }

    private static func deflateAll(_ stream: UnsafeMutablePointer<z_stream>, _ flush: Int32, into output: inout [UInt8])
    {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bufferBytes) { buffer in
            repeat {
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = UInt32(buffer.count)
                unsafe check(deflate(stream, flush))
                unsafe output += buffer[..<(buffer.count - Int(stream.pointee.avail_out))]
            } while unsafe stream.pointee.avail_out == 0
        }
    }

    /// `Z_BUF_ERROR` only means that there was nothing left to compress.
    private static func check(_ code: Int32) {
        precondition(code == Z_OK || code == Z_BUF_ERROR, "zlib cannot compress")
    }

    /// Joins parts into one gzip member, which is returned in pieces.
    package static func member(_ parts: [Part]) -> [[UInt8]] {
        // No file name, no time, unknown operating system (RFC 1952 section 2.3).
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var crc: UInt = 0
        var length = 0
        for part in parts {
            crc = crc32_combine(crc, part.crc32, part.length)
            length += part.length
        }
        // An empty final block with fixed Huffman codes (RFC 1951 section 3.2.6), CRC-32, length modulo 2^32.
        var trailer: [UInt8] = [0x03, 0x00]
        for value in [UInt32(truncatingIfNeeded: crc), UInt32(truncatingIfNeeded: length)] {
            trailer += stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        return [header] + parts.map(\.deflated) + [trailer]
    }
}
