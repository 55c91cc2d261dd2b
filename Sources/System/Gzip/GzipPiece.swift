/// A part of a gzip member, compressed on its own: it ends on a byte and refers to nothing before it, so that it can be
/// kept and put into any number of members.
package struct GzipPiece: Sendable, Equatable {
    /// Raw DEFLATE blocks (RFC 1951), none of them final, the last an empty stored one. Empty for no bytes at all.
    package let deflated: [UInt8]
    /// CRC-32 of the bytes before compression, as RFC 1952 section 8 defines it.
    package let crc32: UInt32
    /// How many bytes there were before compression.
    package let length: Int
}
