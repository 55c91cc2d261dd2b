/// What must hold of any bytes that one of the program's readers gets. What does not hold is a trap, which libFuzzer and
/// a test report alike.
package enum FuzzProperty: String, CaseIterable, Sendable {
    /// A JSON text is read the same, and refused at the same byte, however it arrives.
    case json
    /// So is the reply to each call of the API, and what is read out of it has a classification that holds together.
    case reply
    /// So are the requests on a connection.
    case request
    /// What a configuration file says is an endpoint that can be asked, or an error that names the file.
    case configuration
    /// A name of Proxmox VE that is decoded encodes to itself; one that is not is refused at one of its bytes.
    case name
    /// An object with any tags has a classification that holds together.
    case object
    /// The state that is read is the state that is written, and what is written is read.
    case state
    /// Traps behind four bytes that no seed holds: proves that the fuzzer finds what there is to be found.
    case planted

    /// Those that hold.
    package static let all = allCases.filter { $0 != .planted }

    /// Traps if the property does not hold of `bytes`.
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

/// Bytes in two ways to arrive, besides at once: one by one, and cut in two at a place that follows from them.
func arrivals(_ bytes: [UInt8]) -> [[[UInt8]]] {
    let sum = bytes.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) }
    let cut = Int(sum % UInt32(bytes.count + 1))
    return [bytes.map { [$0] }, [Array(bytes[..<cut]), Array(bytes[cut...])]]
}

private func checkPlanted(_ bytes: [UInt8]) {
    guard bytes.count >= 4, bytes[0] == 0x3F, bytes[1] == 0x21 else { return }
    precondition(bytes[2] != 0x3F || bytes[3] != 0x21, "the planted fault")
}
