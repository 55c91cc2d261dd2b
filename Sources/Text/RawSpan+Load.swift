/// Bounds-checked loads. Every bit pattern is an integer, so a load inside the bounds is safe.
extension RawSpan {
    /// Traps if the offset is outside the span.
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes, the first in the lowest bits. Traps if the span has fewer from the offset on.
    @inlinable @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The first bytes as a big-endian number, at most eight, filled with zeros: numbers order as their texts do.
    @inlinable @inline(__always)
    package func bigEndianWord(from offset: Int) -> UInt64 {
        if offset + 8 <= byteCount { return word(at: offset).byteSwapped }
        var word: UInt64 = 0
        for index in offset..<Swift.max(offset, byteCount) { word = word << 8 | UInt64(byte(at: index)) }
        return offset < byteCount ? word << UInt64((offset + 8 - byteCount) * 8) : 0
    }
}
