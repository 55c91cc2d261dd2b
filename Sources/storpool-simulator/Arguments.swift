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

/// Changes in a second, a minute or an hour: `5/s`, `30/m`, `100/h`.
struct Rate: ExpressibleByArgument, CustomStringConvertible {
    var perSecond: Double

    init(perSecond: Double) { self.perSecond = perSecond }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let seconds = ["s": 1.0, "m": 60.0, "h": 3_600.0]
        guard let number = Double(parts[0]), number >= 0, parts.count <= 2,
            let unit = parts.count == 1 ? 1 : seconds[String(parts[1])], number / unit <= 100_000
        else { return nil }
        perSecond = number / unit
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
