import ArgumentParser
import Glibc

/// `ADDRESS:PORT`.
struct Endpoint: ExpressibleByArgument, CustomStringConvertible {
    var address: String
    var port: UInt16

    init(address: String, port: UInt16) {
        self.address = address
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        self.init(address: String(argument[..<colon]), port: port)
    }

    var description: String { "\(address):\(port)" }
}

/// A rate of changes such as `5/s`, `30/m` or `100/h`, or the interval between changes such as `2s` or `5m`.
struct Rate: ExpressibleByArgument, CustomStringConvertible {
    /// At higher rates, the simulator would not have time to answer requests.
    private static let maximum = 100_000.0

    var perSecond: Double

    init(perSecond: Double) { self.perSecond = perSecond }

    init?(argument: String) {
        let seconds: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
        guard let unit = argument.last.flatMap({ seconds[$0] }) else {
            guard let number = Double(argument), (0...Self.maximum).contains(number) else { return nil }
            perSecond = number
            return
        }
        let rest = argument.dropLast()
        let isRate = rest.last == "/"
        guard let number = Double(isRate ? rest.dropLast() : rest), number >= 0, isRate || number > 0 else {
            return nil
        }
        perSecond = isRate ? number / unit : 1 / (number * unit)
        guard perSecond <= Self.maximum else { return nil }
    }

    var description: String { "\(perSecond)/s" }
}

/// Unix seconds, or `now`.
struct Epoch: ExpressibleByArgument {
    var seconds: UInt64

    init?(argument: String) {
        if argument == "now" {
            seconds = UInt64(time(nil))
        } else if let number = UInt64(argument), (1_000_000_000...100_000_000_000).contains(number) {
            seconds = number
        } else {
            return nil
        }
    }
}
