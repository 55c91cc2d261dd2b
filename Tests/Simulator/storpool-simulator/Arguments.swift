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

/// Changes in a second, a minute or an hour, `5/s`, `30/m`, `100/h`; or the time from one to the next, `2s`, `5m`.
struct Rate: ExpressibleByArgument, CustomStringConvertible {
    /// More would keep the simulator from answering.
    private static let most = 100_000.0

    var perSecond: Double

    init(perSecond: Double) { self.perSecond = perSecond }

    init?(argument: String) {
        let seconds: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
        guard let unit = argument.last.flatMap({ seconds[$0] }) else {
            guard let number = Double(argument), (0...Self.most).contains(number) else { return nil }
            perSecond = number
            return
        }
        let rest = argument.dropLast()
        let isRate = rest.last == "/"
        guard let number = Double(isRate ? rest.dropLast() : rest), number >= 0, isRate || number > 0 else {
            return nil
        }
        perSecond = isRate ? number / unit : 1 / (number * unit)
        guard perSecond <= Self.most else { return nil }
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
