/// The one place of this module with unsafe expressions: each checks its bounds, and every bit pattern is an integer.
extension RawSpan {
    /// The byte at an offset below `byteCount`; traps outside, as an array's subscript does.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes from an offset on, the first in the lowest bits; traps when fewer are there.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The bytes of a range as a text; invalid UTF-8, which the reader has refused before, would be repaired.
    @inline(__always)
    func text(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    /// Appends the bytes of a range to an array.
    @inline(__always)
    func append(_ range: Range<Int>, to array: inout [UInt8]) {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe array.append(contentsOf: bytes) }
    }
}

extension PackedText {
    /// Packs whole bytes.
    init(_ bytes: [UInt8]) {
        let span = bytes.span
        unsafe self.init(span.bytes, 0..<bytes.count)
    }
}
