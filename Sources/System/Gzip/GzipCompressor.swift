import CShims

/// Compresses pieces one after the other with one allocation of zlib's state, about 260 KiB, freed with this object.
package final class GzipCompressor {
    /// A good part of what the highest level saves, at a fraction of its time.
    package static let defaultLevel = 6

    /// Both are zlib's own defaults: a window of 32 KiB, 256 bytes × 2^8 of state for the codes.
    private static let windowBits: Int32 = 15
    private static let memoryLevel: Int32 = 8
    /// What zlib is given at once, below what its 32-bit counters hold.
    private static let inputChunk = 1 << 30
    /// What a result is first given beyond `deflateBound`, for the flush that ends it.
    private static let flushRoom = 16

    /// On the heap, because zlib's state points back at it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1, fastest, to 9, smallest; beyond that, the nearest of these.
    package init(level: Int = defaultLevel) throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // A negative window means raw DEFLATE, without header and trailer.
        let code = czlib_deflate_init2(stream, Int32(min(max(level, 1), 9)), -Self.windowBits, Self.memoryLevel)
        if code != Z_OK {
            stream.deallocate()
            throw GzipError(operation: "deflateInit2", code: code)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Compresses one piece, independent of those before it.
    package func compress(_ bytes: [UInt8]) throws(GzipError) -> GzipPiece {
        if bytes.isEmpty { return GzipPiece(deflated: [], crc32: 0, length: 0) }
        let code = deflateReset(stream)
        if code != Z_OK { throw GzipError(operation: "deflateReset", code: code) }
        let capacity = Int(clamping: deflateBound(stream, UInt(bytes.count))) + Self.flushRoom
        // Pieces are kept: the array is as large as what it holds, whatever room compressing takes.
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { output in
            Result { () throws(GzipError) in
                let count = try bytes.withUnsafeBufferPointer { input throws(GzipError) in
                    try deflateAll(input, into: output)
                }
                return [UInt8](UnsafeBufferPointer(rebasing: output[..<count]))
            }
        }
        let checksum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return GzipPiece(
            deflated: try result.get(), crc32: UInt32(truncatingIfNeeded: checksum), length: bytes.count)
    }

    /// - Returns: how many bytes of `output` are filled.
    private func deflateAll(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(GzipError) -> Int {
        defer {
            stream.pointee.next_in = nil
            stream.pointee.avail_in = 0
            stream.pointee.next_out = nil
        }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.next_out = output.baseAddress
        var given = 0
        var written = 0
        repeat {
            let chunk = min(input.count - given, Self.inputChunk - Int(stream.pointee.avail_in))
            let room = min(output.count - written, Self.inputChunk)
            given += chunk
            stream.pointee.avail_in += UInt32(chunk)
            stream.pointee.avail_out = UInt32(room)
            let code = deflate(stream, given == input.count ? Z_FULL_FLUSH : Z_NO_FLUSH)
            if code != Z_OK { throw GzipError(operation: "deflate", code: code) }
            written += room - Int(stream.pointee.avail_out)
        } while given < input.count || stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
        return written
    }
}
