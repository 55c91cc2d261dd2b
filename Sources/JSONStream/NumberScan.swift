import Text

/// The state of a number that is being read, and its value if it is an integer.
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

    /// Nil unless the number is an integer from 0 to 2⁶⁴−1, written without fraction and exponent.
    var unsignedInteger: UInt64? {
        guard state == .digits || state == .zero, !overflows, !isNegative || magnitude == 0 else { return nil }
        return magnitude
    }

    /// Reads the part of the number that is in the chunk. Returns true if the number ends before the chunk does.
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

    /// Advances the state by one byte (RFC 8259 section 6). Returns false if the byte cannot continue the number.
    private mutating func step(_ byte: UInt8) -> Bool {
        let isDigit = byte.isDigit
        let isPoint = byte == UInt8(ascii: ".")
        let isE = byte | 0x20 == UInt8(ascii: "e")
        switch state {
        case .start where byte == UInt8(ascii: "-"):
            isNegative = true
            state = .minus
        case .start where isDigit, .minus where isDigit:
            magnitude = UInt64(byte &- UInt8(ascii: "0"))
            state = magnitude == 0 ? .zero : .digits
        case .zero where isPoint, .digits where isPoint: state = .point
        case .point where isDigit, .fraction where isDigit: state = .fraction
        case .zero where isE, .digits where isE, .fraction where isE: state = .exponent
        case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"): state = .exponentSign
        case .exponent where isDigit, .exponentSign where isDigit, .exponentDigits where isDigit:
            state = .exponentDigits
        default: return false
        }
        return true
    }
}
