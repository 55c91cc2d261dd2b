import Exposition
import StorPool
import System

/// Makes HTTP requests; tests use an implementation without curl.
protocol HTTPTransport: AnyObject {
    /// Starts a request like `HTTPClient.get`. Dropping the returned object cancels the request.
    func start(
        _ request: HTTPRequest, body: @escaping (_ status: Int, _ bytes: RawSpan) -> BodyVerdict,
        completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
    ) throws(TransferError) -> AnyObject
}

extension HTTPClient: HTTPTransport {
    func start(
        _ request: HTTPRequest, body: @escaping (_ status: Int, _ bytes: RawSpan) -> BodyVerdict,
        completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
    ) throws(TransferError) -> AnyObject {
        try get(request, body: body, completion: completion)
    }
}

/// The StorPool API and the settings of its calls.
struct APIClient {
    let http: any HTTPTransport
    let endpoint: APIEndpoint
    /// Maximum duration of a call, including name resolution and connecting.
    var timeout: Duration
    let maximumBytes: UInt64
}

/// A running call. Dropping the object cancels the call.
protocol RunningCall: AnyObject {
    /// Bytes of the reply body received so far.
    var receivedBytes: UInt64 { get }
    /// Time when the call started or, if part of the body has arrived, when the latest part arrived.
    var waitingSince: Monotonic { get }
}

/// One call of the StorPool API. The reply is parsed as it arrives.
final class APICall<Reader: ReplyReader & ~Copyable>: RunningCall {
    private(set) var receivedBytes: UInt64 = 0
    private(set) var waitingSince = Monotonic.readClock()

    private let name: String
    private let endpoint: APIEndpoint
    private var reader: Reader
    private let take: (Reader.Element) -> Bool
    private let completion: (Result<ListSummary, PollFailure>) -> Void
    private var transfer: AnyObject?
    private var status = 0
    /// The first byte of the body that is not white space.
    private var firstByte: UInt8?
    private var readError: ReplyError?
    private var isStopped = false
    private var isTokenRefused = false

    /// - Parameters:
    ///   - take: called with each element. If it returns false, the call ends with the failure for
    ///     `TransferError.stopped`.
    ///   - completion: called once, unless the call is dropped. It is never called before this initializer returns.
    init(
        _ name: String, of client: APIClient, reader: consuming Reader, take: @escaping (Reader.Element) -> Bool,
        completion: @escaping (Result<ListSummary, PollFailure>) -> Void
    ) throws(PollFailure) {
        self.name = name
        endpoint = client.endpoint
        self.reader = reader
        self.take = take
        self.completion = completion
        let request = HTTPRequest(
            url: endpoint.url + name, headers: ["Authorization: " + endpoint.token.authorization],
            timeout: client.timeout, maximumBodyBytes: client.maximumBytes)
        do throws(TransferError) {
            transfer = try client.http.start(
                request, body: { [unowned self] in read($0, $1) }, completion: { [unowned self] in end($0) })
        } catch {
            throw PollFailure(error, of: name)
        }
    }

    private func read(_ status: Int, _ chunk: RawSpan) -> BodyVerdict {
        self.status = status
        if firstByte == nil { firstByte = chunk.withUnsafeBytes { $0.first { $0 > UInt8(ascii: " ") } } }
        receivedBytes += UInt64(chunk.byteCount)
        waitingSince = .readClock()
        do {
            try reader.read(chunk) { element in
                if !isStopped { isStopped = !take(element) }
            }
            return isStopped ? .stop : .more
        } catch {
            readError = error
            return .stop
        }
    }

    private func end(_ result: Result<HTTPOutcome, TransferError>) {
        transfer = nil
        // An error message of the API may repeat the token of the request.
        completion(outcome(result).mapError { withAdvice($0.hiding(endpoint.token), result) })
    }

    private func outcome(_ result: Result<HTTPOutcome, TransferError>) -> Result<ListSummary, PollFailure> {
        if let readError { return .failure(failure(readError)) }
        switch result {
        case .failure(let error):
            var failure = PollFailure(error, of: name)
            if receivedBytes > 0 { failure.text += ", after \(receivedBytes) bytes of the reply" }
            return .failure(failure)
        case .success(let outcome): status = outcome.status
        }
        do throws(ReplyError) {
            let summary = try reader.finish()
            return status == 200 ? .success(summary) : .failure(PollFailure(.http, "\(name): HTTP status \(status)"))
        } catch {
            return .failure(failure(error))
        }
    }

    /// Reports an error that the API sent, whatever the HTTP status is. Otherwise, a status other than 200 is reported
    /// instead of the parse error.
    private func failure(_ error: ReplyError) -> PollFailure {
        isTokenRefused = status == 401 || status == 403
        if case .refused(let refusal, _) = error {
            isTokenRefused = isTokenRefused || refusal.mentionsAuthorization
        } else if status != 200 {
            return PollFailure(.http, "\(name): HTTP status \(status)")
        }
        return PollFailure(error, of: name)
    }

    /// Adds advice if the reply suggests a wrong token or a wrong address.
    private func withAdvice(_ failure: PollFailure, _ result: Result<HTTPOutcome, TransferError>) -> PollFailure {
        var failure = failure
        if isTokenRefused { failure.text += "; check the token from \(endpoint.tokenOrigin)" }
        guard failure.cause == .http || failure.cause == .parse else { return failure }
        // The StorPool API answers with a JSON object even if a call fails.
        var isOtherServer = (300..<500).contains(status) || (firstByte ?? UInt8(ascii: "{")) != UInt8(ascii: "{")
        if case .failure(.notHTTP) = result { isOtherServer = true }
        if isOtherServer { failure.text += "; is \(endpoint.url)\(name) the URL of a StorPool API?" }
        return failure
    }
}

extension APIError {
    /// Whether the error may concern the token. This is a guess: StorPool does not document which error it sends for a
    /// wrong token.
    fileprivate var mentionsAuthorization: Bool {
        let text = "\(name ?? "") \(descr ?? "")".lowercased()
        return ["auth", "token", "denied", "credential", "permission"].contains { text.contains($0) }
    }
}
