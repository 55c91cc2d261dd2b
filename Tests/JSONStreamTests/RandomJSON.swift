import JSONStream
import TestSupport

/// Makes random JSON texts and damages them at random.
enum RandomJSON {
    /// A string of up to 24 random characters.
    static func text(_ random: inout Seeded) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            let range: ClosedRange<UInt32> =
                switch Int.random(in: 0..<8, using: &random) {
                case 0: 0...0x1F
                case 1: 0x80...0x7FF
                case 2: 0x800...0xD7FF
                case 3: 0x10000...0x10FFFF
                case 4: 0x22...0x22
                case 5: 0x5C...0x5C
                default: 0x20...0x7E
                }
            guard let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) else { continue }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// A random value with at most `depth` nested containers.
    static func value(_ random: inout Seeded, depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: ["true", "false", "null"].randomElement(using: &random) ?? "null"
        case 1, 2: number(&random)
        case 3, 4, 5: string(&random)
        case 6, 7:
            "{" + list(&random) { string(&$0) + space(&$0) + ":" + space(&$0) + value(&$0, depth: depth - 1) } + "}"
        default: "[" + list(&random) { value(&$0, depth: depth - 1) } + "]"
        }
    }

    private static func list(_ random: inout Seeded, _ element: (inout Seeded) -> String) -> String {
        let count = Int.random(in: 0...4, using: &random)
        if count == 0 { return space(&random) }
        return (0..<count).map { _ in space(&random) + element(&random) + space(&random) }.joined(separator: ",")
    }

    private static func space(_ random: inout Seeded) -> String {
        Bool.random(using: &random) ? "" : ["", " ", "\n", "\t", "\r\n", "  "].randomElement(using: &random) ?? ""
    }

    /// A number in the range of a double.
    static func number(_ random: inout Seeded) -> String {
        let digits = String(random.next() >> random.next(upperBound: 64 as UInt64))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "-" + digits
        case 1: return digits + "." + String(Int.random(in: 0..<100_000, using: &random))
        case 2:
            return digits + (["e", "E"].randomElement(using: &random) ?? "e")
                + (["", "+", "-"].randomElement(using: &random) ?? "") + String(Int.random(in: 0..<200, using: &random))
        default: return digits
        }
    }

    /// A string in which some characters are escaped.
    static func string(_ random: inout Seeded) -> String {
        var quoted = "\""
        for scalar in text(&random).unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if !mustEscape, Int.random(in: 0..<4, using: &random) > 0 {
                quoted.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                }
            }
        }
        return quoted + "\""
    }

    private static let tricky =
        Array("\"\\{}[]:, \n0123456789eE+-.tfnu/x".utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]

    /// The text with one to three random changes: bytes are changed, removed, inserted, cut off or copied elsewhere.
    static func damaged(_ text: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = text
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[index] = tricky.randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(tricky.randomElement(using: &random) ?? 0, at: index)
            case 4: bytes.removeSubrange(index...)
            default:
                let from = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[from..<min(from + 12, bytes.count)], at: index)
            }
        }
        return bytes
    }
}
