/// Bounds-checked loads. Every bit pattern is a valid integer, so a load inside the bounds is safe.
extension RawSpan {
    /// Traps if the offset is outside the span.
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Loads eight bytes, the first byte into the lowest bits. Traps if the span has fewer than eight bytes from the
    /// offset on.
    @inlinable @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
