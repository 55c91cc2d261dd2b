/// Properties that must hold for any input of the program's parsers. A violation traps, which both libFuzzer and tests
/// report.
package enum FuzzProperty: String, CaseIterable, Sendable {
    /// A JSON text yields the same tokens, or an error at the same byte, for every split.
    case json
    /// A reply to an API call has the same result for every split, and its objects have consistent classifications.
    case reply
    /// Requests on a connection have the same result for every split.
    case request
    /// A configuration file yields a usable endpoint or an error of one line.
    case configuration
    /// A decoded volume name encodes to itself; an error is at one of its bytes or at its end.
    case name
    /// An object with any tags has a consistent classification.
    case object
    /// State that was read is unchanged after writing and reading it again.
    case state
    /// Traps on four bytes that are in no corpus, to prove that the fuzzer works.
    case planted

    /// Without `planted`.
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

/// The input as single bytes, and as two pieces that are split at an offset that depends on the input.
func cutUp(_ bytes: [UInt8]) -> [[[UInt8]]] {
    let sum = bytes.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) }
    let cut = Int(sum % UInt32(bytes.count + 1))
    return [bytes.map { [$0] }, [Array(bytes[..<cut]), Array(bytes[cut...])]]
}

private func checkPlanted(_ bytes: [UInt8]) {
    guard bytes.count >= 4, bytes[0] == 0x3F, bytes[1] == 0x21 else { return }
    precondition(bytes[2] != 0x3F || bytes[3] != 0x21, "planted fault")
}
