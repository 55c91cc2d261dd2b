/// Encodes any bytes as a string. Bytes that are not UTF-8 become private-use characters. This is needed because the
/// argument parser takes strings, but arguments are bytes (execve(2)).
package enum ByteText {
    /// Byte 0x80 becomes U+10FE80, byte 0xFF becomes U+10FEFF.
    private static let base: UInt32 = 0x10FE00
    private static let escapes: ClosedRange<UInt32> = base + 0x80...base + 0xFF

    /// The inverse of ``decode(_:)``. Characters that are used as escapes are escaped too.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text = ""
        var parser = Unicode.UTF8.ForwardParser()
        var input = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &input) {
            case .emptyInput: return text
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                if escapes.contains(scalar.value) {
                    text.unicodeScalars.append(contentsOf: encoded.compactMap(escape))
                } else {
                    text.unicodeScalars.append(scalar)
                }
                offset += encoded.count
            case .error(let length):
                text.unicodeScalars.append(contentsOf: bytes[offset..<offset + length].compactMap(escape))
                offset += length
            }
        }
    }

    /// The inverse of ``encode(_:)``.
    package static func decode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if escapes.contains(scalar.value) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value - base))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }

    private static func escape(_ byte: UInt8) -> Unicode.Scalar? { Unicode.Scalar(base + UInt32(byte)) }
}
