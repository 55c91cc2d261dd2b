/// The error for an invalid fault or control request.
struct ParameterError: Error, Equatable, CustomStringConvertible {
    var description: String
}

extension Fault {
    /// Parses the parameters of a flag or of a query.
    init(parameters: [(name: String, value: String)]) throws(ParameterError) {
        guard let word = parameters.first(where: { $0.name == "kind" })?.value else {
            throw ParameterError(description: "the parameter 'kind' is missing")
        }
        guard let kind = Kind(word: word) else {
            throw ParameterError(
                description: "unknown kind '\(word)'; known kinds: \(Kind.all.map(\.word).joined(separator: ", "))")
        }
        self.init(kind: kind)
        for (name, value) in parameters where name != "kind" { try set(name, value) }
        if kind == .refuse, seconds == nil { seconds = 5 }
    }

    /// Parses `KIND[,NAME=VALUE...]`.
    init(specification: String) throws(ParameterError) {
        var parameters: [(name: String, value: String)] = []
        for part in specification.split(separator: ",", omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: "=") else {
                guard parameters.isEmpty else {
                    throw ParameterError(description: "'\(part)' does not have the form NAME=VALUE")
                }
                parameters.append(("kind", String(part)))
                continue
            }
            parameters.append((String(part[..<sign]), String(part[part.index(after: sign)...])))
        }
        try self.init(parameters: parameters)
    }

    private mutating func set(_ name: String, _ value: String) throws(ParameterError) {
        switch name {
        case "call": call = value == "*" || value.isEmpty ? nil : value
        case "count": repliesLeft = try Self.number(name, value, 1...1_000_000_000)
        case "seconds": seconds = try Self.seconds(name, value)
        case "wait": wait = try Self.seconds(name, value)
        case "at": offset = try Self.number(name, value, 0...(1 << 40))
        case "rate": rate = try Self.number(name, value, 1...(1 << 30))
        case "status": status = try Self.number(name, value, 200...599)
        case "delta": delta = try Self.number(name, value, -(1 << 40)...(1 << 40))
        case "amount": amount = try Self.number(name, value, 1...(1 << 40))
        case "share": share = try Self.number(name, value, 0...1_000)
        case "name": self.name = value
        default: throw ParameterError(description: "unknown parameter '\(name)'")
        }
    }

    private static func seconds(_ name: String, _ value: String) throws(ParameterError) -> Double {
        guard let number = Double(value), number > 0, number <= 86_400 else {
            throw ParameterError(description: "\(name) must be above 0 and at most 86400, not '\(value)'")
        }
        return number
    }

    static func number(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws(ParameterError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw ParameterError(
                description: "\(name) must be a number from \(range.lowerBound) to \(range.upperBound), not '\(value)'")
        }
        return number
    }
}

/// The error message for an invalid specification `KIND[,NAME=VALUE...]`; nil if it is valid.
package func problem(withFault specification: String) -> String? {
    do throws(ParameterError) {
        _ = try Fault(specification: specification)
        return nil
    } catch {
        return error.description
    }
}

/// The kinds of faults with their descriptions for `--help`, one per line.
package var faultTable: String {
    func lines(_ entries: [(word: String, kind: Fault.Kind, about: String)]) -> String {
        entries.map { entry in
            "  \(entry.word)\(String(repeating: " ", count: max(1, 20 - entry.word.utf8.count)))\(entry.about)\n"
        }.joined()
    }
    let isOfElements = { (kind: Fault.Kind) in
        if case .element = kind { true } else { false }
    }
    return lines(Fault.Kind.all.filter { !isOfElements($0.kind) })
        + "Faults in `share` (100) of 1000 elements of a list:\n"
        + lines(Fault.Kind.all.filter { isOfElements($0.kind) })
}
