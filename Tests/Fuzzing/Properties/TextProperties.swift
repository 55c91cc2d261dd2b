import Exporter
import HTTPServer
import JSONStream
import StorPool
import TestSupport

func checkJSON(_ bytes: [UInt8]) {
    let whole = Reading([bytes])
    for pieces in arrivals(bytes) { precondition(Reading(pieces) == whole, "cut up, it is read differently") }
    if let error = whole.error { precondition(error.offset <= UInt64(bytes.count), "refused behind its end") }
    // What nobody wants is checked all the same.
    precondition(Reading(skippingAllOf: [bytes]).error == whole.error, "passed over, it is judged differently")
}

func checkRequests(_ bytes: [UInt8]) {
    let whole = outcomes(of: [bytes])
    for pieces in arrivals(bytes) { precondition(outcomes(of: pieces) == whole, "cut up, they are read differently") }
    for case .request(let request) in whole {
        precondition(!request.path.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a path with control characters")
    }
}

func checkConfiguration(_ bytes: [UInt8]) {
    let files = [ConfigurationFile(name: "fuzzed", content: .bytes(bytes))]
    let settings = StorPoolSettings(files: files, host: "node1", environment: [:])
    do throws(ConfigurationError) {
        let endpoint = try settings.endpoint()
        precondition(endpoint.url.hasPrefix("http://") && endpoint.url.hasSuffix("/ctrl/1.0/"), "a URL of another form")
        precondition(endpoint.url.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a URL that cannot be sent")
        precondition(endpoint.token.authorization.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a broken header")
    } catch {
        precondition("\(error)".utf8.allSatisfy { $0 >= 0x20 }, "a message of several lines")
    }
}

func checkState(_ bytes: [UInt8]) {
    guard let known = try? StateFormat.parse(bytes) else { return }
    let again = try? StateFormat.parse(Array(StateFormat.text(of: known).utf8))
    precondition(again == known, "what was read is not what is written")
}
