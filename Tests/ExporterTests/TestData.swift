import Inventory
import ProxmoxVE
import StorPool
@testable import System

@testable import Exporter

/// A known anomaly with typical values.
func known(
    _ reason: AnomalyReason, of id: String = "nzkr.b.1a2", kind: ObjectKind = .volume, type: ObjectType? = .disk,
    detail: String = "a detail", firstSeen: UInt64 = 1_700_000_000
) -> KnownAnomaly {
    let subject = Subject(
        globalID: id, name: "~" + id, kind: kind, type: type,
        volumeName: type.map { _ in "vm-104-disk-0-sp-\(id).raw" },
        storageKey: StorageKey(cluster: "prod1", storage: "sp-nvme"), vmid: "104")
    return KnownAnomaly(
        finding: Finding(subject: subject, anomaly: Anomaly(reason: reason, detail: detail)), firstSeen: firstSeen)
}

/// A timer that a test fires.
final class ManualAlarm: Alarm {
    var handler: () -> Void = {}
    private(set) var time: Monotonic?
    var isArmed: Bool { time != nil }

    func arm(at time: Monotonic) { self.time = time }
    func disarm() { time = nil }

    func fire() {
        time = nil
        handler()
    }
}

/// An HTTP client whose replies come from the test.
final class ScriptedTransport: HTTPTransport {
    /// A request that has not ended.
    final class Pending {
        let request: HTTPRequest
        private let body: (Int, RawSpan) -> BodyVerdict
        private let completion: (Result<HTTPOutcome, TransferError>) -> Void
        weak var token: Token?

        init(
            _ request: HTTPRequest, _ body: @escaping (Int, RawSpan) -> BodyVerdict,
            _ completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
        ) {
            (self.request, self.body, self.completion) = (request, body, completion)
        }

        var isCancelled: Bool { token == nil }

        func send(_ text: String, status: Int = 200) -> BodyVerdict {
            let bytes = Array(text.utf8)
            return body(status, bytes.span.bytes)
        }

        func end(_ result: Result<HTTPOutcome, TransferError>) { completion(result) }

        /// Sends a whole reply.
        func reply(_ text: String, status: Int = 200) {
            if send(text, status: status) == .stop { return end(.failure(.stopped)) }
            end(.success(HTTPOutcome(status: status, receivedBytes: UInt64(text.utf8.count))))
        }
    }

    final class Token {}

    private(set) var requests: [Pending] = []
    var last: Pending? { requests.last }

    /// The names of the API calls that were started.
    var calls: [String] { requests.map { String($0.request.url.split(separator: "/").last ?? "") } }

    func start(
        _ request: HTTPRequest, body: @escaping (Int, RawSpan) -> BodyVerdict,
        completion: @escaping (Result<HTTPOutcome, TransferError>) -> Void
    ) throws(TransferError) -> AnyObject {
        let pending = Pending(request, body, completion)
        let token = Token()
        pending.token = token
        requests.append(pending)
        return token
    }
}

/// An API client that uses the scripted transport.
func client(_ transport: ScriptedTransport) throws -> APIClient {
    APIClient(http: transport, endpoint: try endpoint(), timeout: .seconds(30), maximumBytes: 1 << 20)
}

func endpoint(token: String = "1556129910218014736") throws -> APIEndpoint {
    APIEndpoint(url: "http://127.0.0.1:81/ctrl/1.0/", token: try Token(token), tokenOrigin: "a test")
}

/// The reply of a list call with disks of these VMs.
func disks(_ vmids: Int...) -> String {
    let elements = vmids.map { vmid in
        """
        {"name":"~a.b.\(vmid)","globalId":"a.b.\(vmid)","size":1024,"creationTimestamp":1700000000,"tags":{"virt":"pve",\
        "pve-loc":"prod1","pve":"sp-nvme","pve-type":"images","pve-vm":"\(vmid)","pve-disk":"0"}}
        """
    }
    return #"{"data":["# + elements.joined(separator: ",") + #"],"generation":1}"#
}
