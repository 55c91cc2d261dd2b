/// Properties that must hold for any input of the program's parsers. A violation traps. libFuzzer and the tests report
/// the trap.
package enum FuzzProperty: String, CaseIterable, Sendable {
    /// A JSON text yields the same tokens, or an error at the same byte, for every split.
    case json
    /// A reply to an API call has the same result for every split, and its objects have consistent classifications.
    case reply
    /// Requests on a connection have the same result for every split.
    case request
    /// A configuration file yields a usable endpoint or an error of one line.
    case configuration
    /// A decoded volume name encodes to the same name, except for a final line feed and the id of a cloud-init drive. A
    /// decoding error has a column inside the name or one past its end.
    case name
    /// An object with any tags has a consistent classification.
    case object
    /// Known anomalies that were read from a state file are unchanged after writing and reading them again.
    case state
    /// Traps on inputs that begin with `?!?!`. No corpus has such an input. If the fuzzer finds one, the fuzzer works.
    case planted

    /// All properties except `planted`.
    package static let all = allCases.filter { $0 != .planted }

    /// Traps if the property does not hold for `bytes`.
    package func check(_ bytes: [UInt8]) {
        switch self {
        case .json: checkJSON(bytes)
        case .reply: checkReply(bytes)
        case .request: checkRequests(bytes)
        case .configuration: checkConfiguration(bytes)
        case .name: checkName(bytes)
        case .object: checkObject(bytes)
        case .state: checkState(bytes)
        case .planted: checkPlanted(bytes)
        }
    }
}

/// Splits the input into single bytes, and into two pieces at an offset that depends on the input.
func cutUp(_ bytes: [UInt8]) -> [[[UInt8]]] {
    let sum = bytes.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) }
    let cut = Int(sum % UInt32(bytes.count + 1))
    return [bytes.map { [$0] }, [Array(bytes[..<cut]), Array(bytes[cut...])]]
}

private func checkPlanted(_ bytes: [UInt8]) {
    guard bytes.count >= 4, bytes[0] == 0x3F, bytes[1] == 0x21 else { return }
    precondition(bytes[2] != 0x3F || bytes[3] != 0x21, "planted fault")
}
