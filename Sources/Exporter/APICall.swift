import Exposition
import StorPool
import System

/// How the StorPool API is asked.
struct APIClient {
    let loop: EventLoop
    let http: HTTPClient
    let endpoint: APIEndpoint
    /// Connect to last byte.
    let timeout: Duration
    let maximumBytes: UInt64

    /// The same with more or less time for a call.
    func waiting(_ timeout: Duration) -> APIClient {
        APIClient(loop: loop, http: http, endpoint: endpoint, timeout: timeout, maximumBytes: maximumBytes)
    }
}

/// One call that is under way: its reply is read as it arrives. Dropped, it is cancelled.
final class APICall<Reader: ReplyReader & ~Copyable>: PollAttempt {
    /// Bytes of the reply's body, whether or not the call succeeded.
    private(set) var receivedBytes: UInt64 = 0
    /// When it asked, or heard of the reply's body last.
    private(set) var waitingSince: Monotonic?

    private let loop: EventLoop
    private let name: String
    private let endpoint: APIEndpoint
    private var reader: Reader
    private var status = 0
    /// The first byte of the body that is no blank.
    private var firstByte: UInt8?
    private var isNoHTTP = false
    private var isTokenRefused = false
    private var readError: ReplyError?
    private var transfer: Transfer?
    private let handler: (Reader.Element) -> Void
    private var completion: ((Result<ListSummary, PollFailure>) -> Void)?

    /// Asks, and hands over each element as it arrives; `completion` comes once, never before this returns.
    init(
        _ name: String, of client: APIClient, reader: consuming Reader,
        into handler: @escaping (Reader.Element) -> Void,
        completion: @escaping (Result<ListSummary, PollFailure>) -> Void
    ) throws(PollFailure) {
        self.name = name
        loop = client.loop
        waitingSince = client.loop.now
        endpoint = client.endpoint
        self.reader = reader
        self.handler = handler
        self.completion = completion
        do {
            transfer = try client.http.get(
                HTTPRequest(
                    url: client.endpoint.url + name, headers: ["Authorization: " + client.endpoint.token.authorization],
                    timeout: client.timeout, maximumBodyBytes: client.maximumBytes),
                body: { [weak self] status, chunk in self?.read(status, chunk) ?? .stop },
                completion: { [weak self] result in self?.end(result) })
        } catch {
            throw PollFailure(error, of: name)
        }
    }

    private func read(_ status: Int, _ chunk: RawSpan) -> BodyVerdict {
        self.status = status
        if firstByte == nil { firstByte = chunk.withUnsafeBytes { $0.first { $0 > UInt8(ascii: " ") } } }
        receivedBytes += UInt64(chunk.byteCount)
        waitingSince = loop.now
        do {
            try reader.read(chunk, handler)
            return .more
        } catch {
            readError = error
            return .stop
        }
    }

    private func end(_ result: Result<HTTPOutcome, TransferError>) {
        transfer = nil
        let completion = completion
        self.completion = nil
        // The API's own words may repeat the request.
        completion?(outcome(result).mapError { advising($0.hiding(endpoint.token)) })
    }

    /// The failure with what to check next, where the reply points to a wrong token or to a wrong address.
    private func advising(_ failure: PollFailure) -> PollFailure {
        var failure = failure
        if isTokenRefused { failure.text += "; check the token from \(endpoint.tokenOrigin)" }
        if failure.cause == .http || failure.cause == .parse, isFromOtherServer {
            failure.text += "; is \(endpoint.url)\(name) the URL of a StorPool API?"
        }
        return failure
    }

    /// Whether what answered is probably no StorPool API, which sends JSON objects even with an error.
    private var isFromOtherServer: Bool {
        isNoHTTP || (300..<500).contains(status) || firstByte.map { $0 != UInt8(ascii: "{") } ?? false
    }

    private func outcome(_ result: Result<HTTPOutcome, TransferError>) -> Result<ListSummary, PollFailure> {
        if let readError { return .failure(failure(readError)) }
        if case .failure(let error) = result {
            if case .notHTTP = error { isNoHTTP = true }
            var failure = PollFailure(error, of: name)
            if receivedBytes > 0 { failure.text += ", after \(receivedBytes) bytes of the reply" }
            return .failure(failure)
        }
        if case .success(let outcome) = result { status = outcome.status }
        do {
            let summary = try reader.finish()
            guard status == 200 else { return .failure(PollFailure(.http, "\(name): HTTP status \(status)")) }
            return .success(summary)
        } catch {
            return .failure(failure(error))
        }
    }

    /// An error of the API counts at any status. If the reply is anything else, a status other than 200 says more.
    private func failure(_ error: ReplyError) -> PollFailure {
        isTokenRefused = status == 401 || status == 403
        if case .refused(let refusal, _) = error {
            isTokenRefused = isTokenRefused || refusal.speaksOfAuthorization
            return PollFailure(error, of: name)
        }
        if status != 200 { return PollFailure(.http, "\(name): HTTP status \(status)") }
        return PollFailure(error, of: name)
    }
}

extension APIError {
    /// Guessed from its words: which error StorPool sends for a wrong token is not documented.
    fileprivate var speaksOfAuthorization: Bool {
        let text = "\(name ?? "") \(descr ?? "")".lowercased()
        return ["auth", "token", "denied", "credential", "permission"].contains { text.contains($0) }
    }
}
