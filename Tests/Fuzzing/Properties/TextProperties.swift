import Exporter
import HTTPServer
import JSONStream
import StorPool
import TestSupport

func checkJSON(_ bytes: [UInt8]) {
    let whole = Reading([bytes])
    for pieces in cutUp(bytes) { precondition(Reading(pieces) == whole, "the result depends on the cuts") }
    if let error = whole.error { precondition(error.offset <= UInt64(bytes.count), "the error offset is past the end") }
    // Skipped values are validated too.
    precondition(Reading(skippingAllOf: [bytes]).error == whole.error, "skipping gives another error")
}

func checkRequests(_ bytes: [UInt8]) {
    let whole = outcomes(of: [bytes])
    for pieces in cutUp(bytes) { precondition(outcomes(of: pieces) == whole, "the result depends on the cuts") }
    for case .request(let request) in whole {
        precondition(!request.path.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "the path has control characters")
    }
}

func checkConfiguration(_ bytes: [UInt8]) {
    let files = [ConfigurationFile(name: "fuzzed", content: .bytes(bytes))]
    let settings = StorPoolSettings(files: files, host: "node1", environment: [:])
    do throws(ConfigurationError) {
        let endpoint = try settings.endpoint()
        precondition(
            endpoint.url.hasPrefix("http://") && endpoint.url.hasSuffix("/ctrl/1.0/"), "the URL has another form")
        precondition(endpoint.url.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "the URL has invalid characters")
        precondition(
            endpoint.token.authorization.utf8.allSatisfy { (0x20...0x7E).contains($0) },
            "the token has control characters")
    } catch {
        precondition("\(error)".utf8.allSatisfy { $0 >= 0x20 }, "the message has control characters")
    }
}

func checkState(_ bytes: [UInt8]) {
    guard let known = try? StateFormat.parse(bytes) else { return }
    let again = try? StateFormat.parse(Array(StateFormat.text(of: known).utf8))
    precondition(again == known, "the state changes when it is written and read")
}
