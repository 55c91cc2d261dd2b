import Text

/// The state of reading a number, and its value if it is an integer.
struct NumberScan {
    private enum State: UInt8 {
        case start, minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
    }

    private var state = State.start
    private var isNegative = false
    private var magnitude: UInt64 = 0
    private var overflows = false

    var isComplete: Bool {
        switch state {
        case .zero, .digits, .fraction, .exponentDigits: true
        default: false
        }
    }

    /// nil unless from 0 to 2⁶⁴−1.
    var unsignedInteger: UInt64? {
        guard state == .digits || state == .zero, !overflows, !isNegative || magnitude == 0 else { return nil }
        return magnitude
    }

    /// Reads on; true before the first byte that does not belong to the number.
    @inline(__always)
    mutating func advance(_ chunk: RawSpan, _ position: inout Int) -> Bool {
        while position < chunk.byteCount {
            let byte = chunk.byte(at: position)
            if state == .digits, byte.isDigit {
                accumulate(byte)
            } else if !step(byte) {
                return true
            }
            position += 1
        }
        return false
    }

    @inline(__always)
    private mutating func accumulate(_ byte: UInt8) {
        let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carries) = product.addingReportingOverflow(UInt64(byte &- 0x30))
        overflows = overflows || tooLarge || carries
        magnitude = sum
    }

    /// Takes one step of the grammar (RFC 8259 section 6); false if the byte is not allowed.
    private mutating func step(_ byte: UInt8) -> Bool {
        switch (state, byte) {
        case (.start, UInt8(ascii: "-")):
            isNegative = true
            state = .minus
        case (.start, UInt8(ascii: "0")), (.minus, UInt8(ascii: "0")):
            state = .zero
        case (.start, 0x31...0x39), (.minus, 0x31...0x39):
            magnitude = UInt64(byte &- 0x30)
            state = .digits
        case (.zero, UInt8(ascii: ".")), (.digits, UInt8(ascii: ".")):
            state = .point
        case (.point, 0x30...0x39), (.fraction, 0x30...0x39):
            state = .fraction
        case (.zero, UInt8(ascii: "e")), (.zero, UInt8(ascii: "E")), (.digits, UInt8(ascii: "e")),
            (.digits, UInt8(ascii: "E")), (.fraction, UInt8(ascii: "e")), (.fraction, UInt8(ascii: "E")):
            state = .exponent
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")):
            state = .exponentSign
        case (.exponent, 0x30...0x39), (.exponentSign, 0x30...0x39), (.exponentDigits, 0x30...0x39):
            state = .exponentDigits
        default:
            return false
        }
        return true
    }
}
