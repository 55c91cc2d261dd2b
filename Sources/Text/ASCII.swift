extension UInt8 {
    @inlinable package var isDigit: Bool { 0x30...0x39 ~= self }

    @inlinable package var isLetter: Bool { 0x61...0x7A ~= self | 0x20 }

    /// The value of a hexadecimal digit in either case.
    package var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// Space or tab.
    package var isBlank: Bool { self == 0x20 || self == 0x09 }
}
