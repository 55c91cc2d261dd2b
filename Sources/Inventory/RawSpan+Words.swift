/// The one place of this module with unsafe expressions: each checks its bounds, and every bit pattern is an integer.
extension RawSpan {
    /// Eight bytes from an offset on, the first in the lowest bits; traps when fewer are there.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Up to seven bytes from an offset to the end, the first in the lowest bits.
    @inline(__always)
    func lastWord(from offset: Int) -> UInt64 {
        let count = byteCount - offset
        guard count > 0 else { return 0 }
        // Of a longer text the last eight bytes are loaded at once, and those before the offset shifted out.
        if byteCount >= 8 { return word(at: byteCount - 8) >> UInt64((8 - count) * 8) }
        var word: UInt64 = 0
        for index in offset..<byteCount {
            word |= UInt64(unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)) << UInt64((index - offset) * 8)
        }
        return word
    }
}

extension Span<UInt8> {
    /// Whether another one holds the same bytes, eight at a time.
    @inline(__always)
    func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        let (bytes, others) = unsafe (self.bytes, other.bytes)
        var offset = 0
        while offset + 8 <= count {
            guard bytes.word(at: offset) == others.word(at: offset) else { return false }
            offset += 8
        }
        return bytes.lastWord(from: offset) == others.lastWord(from: offset)
    }
}
