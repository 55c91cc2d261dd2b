import Exposition
package import Inventory
package import ProxmoxVE
package import Reports
package import StorPool
import System

/// One reading of a cluster.
package struct ClusterPicture {
    /// What was counted.
    package let inventory: Inventory
    /// Anomalies that are not accepted, the worst first.
    package let findings: [Finding]
    /// Objects with each reason, accepted ones included.
    package let counts: [AnomalyReason: UInt64]
    /// Objects with each reason that are accepted.
    package let acceptedCounts: [AnomalyReason: UInt64]
    /// The objects that were to be kept.
    package let objects: ObjectArchive
    /// Elements of the lists that could not be read.
    package let malformed: Int
    /// Clusters named by `--pve.cluster` that no object has.
    package let clustersWithoutObjects: [String]
}

/// Why reading the cluster failed.
package enum ClusterLookError: Error, CustomStringConvertible {
    /// What is configured does not say where the API is.
    case configuration(String)
    /// The API could not be read, after this many tries.
    case poll(PollFailure, tries: Int)
    /// A list has elements, but none could be read.
    case unreadable(call: String, elements: Int)
    /// The system did not let it begin.
    case system(String)

    /// One sentence, without the token.
    package var description: String {
        switch self {
        case .configuration(let text): "cannot use the StorPool configuration: \(text)"
        case .poll(let failure, 1): "cannot read the StorPool API: \(failure)"
        case .poll(let failure, let tries): "cannot read the StorPool API: \(failure) (tried \(tries) times)"
        case .unreadable(let call, let elements):
            "cannot read the StorPool API: \(call): none of the \(elements) elements of the list could be read"
        case .system(let text): text
        }
    }
}

/// One reading of a cluster, for the commands that end: the two lists once, and a second time if the first shows an
/// anomaly that compares objects; only those count that both show. A reading that fails is repeated as `RetryWindow` says
/// if the connection was refused or the API's error is transient.
package final class ClusterLook {
    private static let calls: [(name: String, kind: ObjectKind)] = [
        ("VolumesList", .volume), ("SnapshotsList", .snapshot),
    ]

    private let loop: EventLoop
    private let client: APIClient
    private let scope: Scope
    private let log: Log
    private let keeps: (StorPoolObject) -> Bool
    private var ledger: AnomalyLedger
    private var poll: ListPoll<LookSink>?
    private var result: Result<ClusterPicture, ClusterLookError>?
    private var isSecond = false
    private var window = RetryWindow(at: .readClock())
    private let retry: TimerSource

    /// Reads the cluster and returns when that has ended. Signals keep their default action.
    ///
    /// - Parameter keeps: which objects the picture holds; the findings are of all of them. May be called more than once
    ///   for an object.
    package static func take(
        _ options: PollOptions, log: Log, keeping keeps: @escaping (StorPoolObject) -> Bool
    ) throws(ClusterLookError) -> ClusterPicture {
        let endpoint: APIEndpoint
        do throws(ConfigurationError) { endpoint = try ConfigurationLoader.endpoint(options, log: log) } catch {
            throw .configuration(error.description)
        }
        log.write(.debug, "reading \(endpoint.url)")
        do { return try ClusterLook(options, endpoint, log, keeps).run() } catch let error as ClusterLookError {
            throw error
        } catch { throw .system("\(error)") }
    }

    private init(
        _ options: PollOptions, _ endpoint: APIEndpoint, _ log: Log, _ keeps: @escaping (StorPoolObject) -> Bool
    ) throws {
        loop = try EventLoop()
        client = APIClient(
            loop: loop, http: try HTTPClient(loop: loop, userAgent: "\(Build.name)/\(Build.version)"),
            endpoint: endpoint, timeout: options.timeout, maximumBytes: options.maximumResponseBytes)
        scope = Scope(clusters: options.clusters)
        ledger = AnomalyLedger(accepted: options.accepted)
        self.log = log
        self.keeps = keeps
        retry = try loop.timer()
        retry.handler = { [unowned self] in look() }
    }

    private func run() throws -> ClusterPicture {
        look()
        if result == nil { _ = try loop.run() }
        guard let result else { throw ClusterLookError.system("the event loop ended without a result") }
        return try result.get()
    }

    private func look() {
        let sink = LookSink(builder: InventoryBuilder(scope: scope), keeps: keeps)
        do throws(PollFailure) {
            poll = try ListPoll(Self.calls, of: client, into: sink) { [unowned self] result in
                switch result {
                case .failure(let failure): fail(failure)
                case .success(let result): take(result)
                }
            }
        } catch {
            fail(error)
        }
    }

    private func fail(_ failure: PollFailure) {
        guard failure.isWorthRetrying, let pause = window.pauseAfterFailure(at: .readClock()) else {
            return end(.failure(.poll(failure, tries: window.tries)))
        }
        let level = window.tries == 2 ? Log.Level.info : .debug
        log.write(level, "\(failure); trying again for at most \(RetryWindow.length.components.seconds) s")
        retry.arm(after: pause)
    }

    private func take(_ result: ListPollResult<LookSink>) {
        for (call, list) in result.lists where list.count == 0 && list.malformed > 0 {
            return end(.failure(.unreadable(call: call, elements: list.malformed)))
        }
        let inventory = result.outcome.inventory
        _ = ledger.update(with: inventory.findings, at: WallClock.seconds)
        if !isSecond, inventory.findings.contains(where: \.anomaly.reason.comparesObjects) {
            log.write(.debug, "reading the lists a second time, because the first shows anomalies that compare objects")
            (isSecond, window) = (true, RetryWindow(at: .readClock()))
            return look()
        }
        let counts = ledger.counts.reduce(into: [AnomalyReason: UInt64]()) { counts, entry in
            counts[entry.key.reason, default: 0] += entry.value
        }
        end(
            .success(
                ClusterPicture(
                    inventory: inventory, findings: ledger.known.map(\.finding), counts: counts,
                    acceptedCounts: ledger.acceptedCounts, objects: result.outcome.objects,
                    malformed: result.malformed,
                    clustersWithoutObjects: inventory.clustersWithoutObjects(of: scope.clusters))))
    }

    private func end(_ result: Result<ClusterPicture, ClusterLookError>) {
        self.result = result
        loop.exit(code: 0)
    }
}

/// Counts all objects, and keeps those that are asked for.
private struct LookSink: ObjectSink {
    /// Bytes of the kept objects: some seven million of usual length.
    private static let maximumKeptBytes = 1 << 30

    var builder: InventoryBuilder
    var objects = ObjectArchive()
    var textBytes: Int { builder.textBytes }
    var textBound: TextBound { builder.textBound }
    let keeps: (StorPoolObject) -> Bool

    init(builder: InventoryBuilder, keeps: @escaping (StorPoolObject) -> Bool) {
        self.builder = builder
        self.keeps = keeps
    }

    mutating func beginList() {
        builder.beginList()
    }

    mutating func restartList() {
        builder.restartList()
    }

    mutating func add(_ object: StorPoolObject) -> Bool {
        builder.add(object)
        if keeps(object) { objects.add(object) }
        return !exceedsTextBound && objects.byteCount <= Self.maximumKeptBytes
    }

    func overflow(in call: String) -> PollFailure {
        guard objects.byteCount > Self.maximumKeptBytes else { return .tooMuchText(textBound, in: call) }
        return PollFailure(
            .tooLarge,
            "\(call): the objects to print take more than \(Self.maximumKeptBytes) bytes; use filters such as --storage"
        )
    }

    consuming func finishing() -> Finishing {
        Finishing(inventory: builder.finishing(), objects: objects)
    }

    struct Finishing: SteppedWork, TextHolder {
        var inventory: InventoryBuilder.Finishing
        let objects: ObjectArchive
        var textBytes: Int { inventory.textBytes }
        var textBound: TextBound { inventory.textBound }

        mutating func advance() -> Bool { inventory.advance() }

        consuming func outcome() -> (inventory: Inventory, objects: ObjectArchive) {
            (inventory.outcome(), objects)
        }
    }
}
