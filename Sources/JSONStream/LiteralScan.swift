/// Where in `true`, `false` or `null` the reader is.
struct LiteralScan {
    let token: JSONToken
    /// The letters still to come, the next in the lowest byte; 0 when none.
    private var rest: UInt64

    init() {
        self.init(startingWith: UInt8(ascii: "n"))
    }

    /// The literal that begins with `t`, `f` or else `n`.
    init(startingWith byte: UInt8) {
        switch byte {
        case UInt8(ascii: "t"): (token, rest) = (.true, 0x6575_7274)
        case UInt8(ascii: "f"): (token, rest) = (.false, 0x65_736C_6166)
        default: (token, rest) = (.null, 0x6C6C_756E)
        }
    }

    var isComplete: Bool { rest == 0 }

    /// Takes the byte if it is the next letter.
    mutating func accepts(_ byte: UInt8) -> Bool {
        guard rest & 0xFF == UInt64(byte) else { return false }
        rest >>= 8
        return true
    }
}
