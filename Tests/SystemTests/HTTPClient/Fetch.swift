import System
import TestSupport
import Testing

let secret = "1556129910218014736"

/// A loop, a server with one reply, and a client.
final class Fixture {
    let loop: EventLoop
    let server: LocalServer
    var client: HTTPClient?

    init(_ reply: Reply) throws {
        loop = try EventLoop()
        server = try LocalServer(loop: loop, reply: reply)
        client = try HTTPClient(loop: loop, userAgent: "storpool-pve-exporter/1.2.3")
    }

    func request(timeout: Duration = patience, maximumBodyBytes: UInt64 = 1 << 30, url: String? = nil) -> HTTPRequest {
        HTTPRequest(
            url: url ?? server.url, headers: ["Authorization: Storpool v1:\(secret)"], timeout: timeout,
            maximumBodyBytes: maximumBodyBytes)
    }

    func start(_ fetch: Fetch, _ request: HTTPRequest? = nil) throws {
        let client = try #require(client)
        fetch.transfer = try client.get(
            request ?? self.request(), body: fetch.receive, completion: { fetch.complete($0) })
    }

    /// Starts a transfer and runs the loop until the transfer has ended.
    func fetch(_ request: HTTPRequest? = nil) throws -> Fetch {
        let fetch = Fetch()
        try start(fetch, request)
        try turn { fetch.result != nil }
        return fetch
    }

    /// Runs the loop until `condition` is true. Fails the test if this takes too long.
    func turn(until condition: () -> Bool) throws {
        try #require(try loop.turn(until: condition), "the condition was not true in time")
    }

    /// Runs the loop until no source is ready.
    func settle() throws {
        while try loop.runOnce(timeout: .milliseconds(1)) {}
    }
}

/// Records the callbacks of a transfer.
final class Fetch {
    var transfer: Transfer?
    var body: [UInt8] = []
    var status: Int?
    var calls = 0
    var result: Result<HTTPOutcome, TransferError>?
    var completions = 0
    var onBody: () -> BodyVerdict = { .more }
    var onCompletion: () -> Void = {}

    func receive(status: Int, bytes: RawSpan) -> BodyVerdict {
        self.status = status
        calls += 1
        bytes.withUnsafeBytes { body += $0 }
        return onBody()
    }

    func complete(_ result: Result<HTTPOutcome, TransferError>) {
        self.result = result
        completions += 1
        onCompletion()
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var error: TransferError? {
        guard case .failure(let error) = result else { return nil }
        return error
    }

    var outcome: HTTPOutcome? { try? result?.get() }

    /// The kind of the error, without the error text.
    var kind: String? {
        switch error {
        case nil: nil
        case .connect: "connect"
        case .connectionRefused: "connection refused"
        case .timeout: "timeout"
        case .notHTTP: "notHTTP"
        case .http: "http"
        case .tooLarge: "tooLarge"
        case .stopped: "stopped"
        case .internalFailure: "internalFailure"
        }
    }
}
