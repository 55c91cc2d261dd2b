/// StorPool's global ids: `[a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+`, unique across clusters.
public enum GlobalID {
    /// Whether the whole text is one.
    public static func isValid(_ text: some StringProtocol) -> Bool {
        isValid(text.utf8)
    }

    static func isValid(_ text: some Sequence<UInt8>) -> Bool {
        var dots = 0
        var isEmptyPart = true
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard !isEmptyPart, dots < 2 else { return false }
                dots += 1
                isEmptyPart = true
            } else {
                guard isPart(byte) else { return false }
                isEmptyPart = false
            }
        }
        return dots == 2 && !isEmptyPart
    }

    /// Whether the byte may stand between the dots.
    public static func isPart(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
