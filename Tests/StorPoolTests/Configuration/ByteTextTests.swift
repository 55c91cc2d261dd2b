import Testing

@testable import StorPool

@Suite("Strings that hold arbitrary bytes")
struct ByteTextTests {
    private static let samples: [[UInt8]] = [
        [], Array("vm-104-disk-0".utf8), Array("é 😀 \u{10FFFF}".utf8), [0xFF], [0x80, 0xC3, 0x28, 0xE2, 0x82, 0x41],
        [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80],
        Array("\u{10FE80}\u{10FEFF}".utf8), [0xFF] + Array("\u{10FEFF}".utf8) + [0x80],
    ]

    @Test("decoding an encoded string restores the bytes", arguments: samples)
    func roundTrip(_ bytes: [UInt8]) {
        #expect(ByteText.decode(ByteText.encode(bytes)) == bytes)
    }

    @Test("decoding an encoded string restores every pair of bytes")
    func pairs() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let pair = [first, second]
                if ByteText.decode(ByteText.encode(pair)) != pair { Issue.record("\(pair)") }
            }
        }
    }

    @Test("encoding does not change ordinary UTF-8 text")
    func valid() {
        #expect(ByteText.encode(Array("snap-104-é😀.raw".utf8)) == "snap-104-é😀.raw")
    }

    @Test("encoding replaces an invalid byte by an escape")
    func invalid() {
        #expect(ByteText.encode([0x2D, 0xFF, 0x3D]) == "-\u{10FEFF}=")
    }

    @Test("a character that looks like an escape is escaped too")
    func genuine() {
        #expect(ByteText.encode(Array("\u{10FEFF}".utf8)) != ByteText.encode([0xFF]))
    }
}
