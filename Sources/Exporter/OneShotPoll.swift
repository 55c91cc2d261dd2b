import Exposition
package import Inventory
package import ProxmoxVE
package import Reports
package import StorPool
import System

/// The result of reading a cluster once.
package struct ClusterReading {
    package let inventory: Inventory
    /// Anomalies that are not accepted, the worst first.
    package let findings: [Finding]
    /// Number of objects by anomaly reason, including accepted anomalies.
    package let counts: [AnomalyReason: UInt64]
    /// Number of accepted anomalies by reason.
    package let acceptedCounts: [AnomalyReason: UInt64]
    package let objects: ObjectArchive
    /// Number of list elements that could not be read.
    package let malformed: Int
    /// Clusters of `--pve.cluster` without PVE objects.
    package let clustersWithoutObjects: [String]
}

/// Why a cluster could not be read.
package enum ReadingError: Error, CustomStringConvertible {
    case configuration(ConfigurationError)
    case poll(PollFailure, attempts: Int)
    /// A list is not empty, but none of its elements could be read.
    case unreadable(call: String, elements: Int)
    case system(String)

    package var description: String {
        switch self {
        case .configuration(let error): "cannot use the StorPool configuration: \(error)"
        case .poll(let failure, 1): "cannot read the StorPool API: \(failure)"
        case .poll(let failure, let attempts): "cannot read the StorPool API: \(failure) (tried \(attempts) times)"
        case .unreadable(let call, let elements):
            "cannot read the StorPool API: \(call): none of the \(elements) elements of the list could be read"
        case .system(let text): text
        }
    }
}

/// Reads a cluster once, for `check` and `list`. If the first reading shows an anomaly found by comparing objects, the
/// lists are read a second time. Such an anomaly counts only if both readings show it.
package final class OneShotPoll {
    private let loop: EventLoop
    private let client: APIClient
    private let scope: Scope
    private let log: Log
    private let keeps: (StorPoolObject) -> Bool
    private let retry: TimerSource
    private var ledger: AnomalyLedger
    private var cycle: PollCycle<ReadingConsumer>?
    private var isSecondReading = false
    private var window = RetryWindow(at: .readClock())
    private var result: Result<ClusterReading, ReadingError>?

    /// Reads the cluster and waits for the result. Signals keep their default action.
    ///
    /// - Parameter keeps: whether `ClusterReading.objects` should contain the object. May be called more than once for
    ///   an object.
    package static func read(
        _ options: PollOptions, log: Log, keeping keeps: @escaping (StorPoolObject) -> Bool
    ) throws(ReadingError) -> ClusterReading {
        let endpoint: APIEndpoint
        do throws(ConfigurationError) { endpoint = try ConfigurationLoader.endpoint(options, log: log) } catch {
            throw .configuration(error)
        }
        log.write(.debug, "reading \(endpoint.url)")
        do { return try OneShotPoll(options, endpoint, log, keeps).run() } catch let error as ReadingError {
            throw error
        } catch {
            throw .system("\(error)")
        }
    }

    private init(
        _ options: PollOptions, _ endpoint: APIEndpoint, _ log: Log, _ keeps: @escaping (StorPoolObject) -> Bool
    ) throws {
        loop = try EventLoop()
        client = APIClient(
            http: try HTTPClient(loop: loop, userAgent: Build.userAgent), endpoint: endpoint, timeout: options.timeout,
            maximumBytes: options.maximumResponseBytes)
        scope = Scope(clusters: options.clusters)
        self.log = log
        self.keeps = keeps
        retry = try loop.timer()
        ledger = AnomalyLedger(accepted: options.accepted)
        retry.handler = { [unowned self] in start() }
    }

    private func run() throws -> ClusterReading {
        start()
        if result == nil { _ = try loop.run() }
        guard let result else { throw ReadingError.system("the event loop ended without a result") }
        return try result.get()
    }

    private func start() {
        let consumer = ReadingConsumer(builder: InventoryBuilder(scope: scope), keeps: keeps)
        do throws(PollFailure) {
            cycle = try PollCycle(ListCall.lists, of: client, into: consumer) { [unowned self] result in
                do throws(PollFailure) { take(try result.get()) } catch { fail(error) }
            }
        } catch {
            fail(error)
        }
    }

    private func fail(_ failure: PollFailure) {
        guard failure.isWorthRetrying, let pause = window.pauseAfterFailure(at: .readClock()) else {
            return end(.failure(.poll(failure, attempts: window.attempts)))
        }
        let level = window.attempts == 2 ? Log.Level.info : .debug
        log.write(level, "\(failure); retrying for at most \(RetryWindow.length.components.seconds) s")
        retry.arm(after: pause)
    }

    private func take(_ outcome: ReadingConsumer.Outcome) {
        for (call, list) in outcome.lists where list.count == 0 && list.malformed > 0 {
            return end(.failure(.unreadable(call: call, elements: list.malformed)))
        }
        let findings = outcome.inventory.findings
        _ = ledger.update(with: findings, at: WallClock.seconds)
        if !isSecondReading, findings.contains(where: \.anomaly.reason.comparesObjects) {
            log.write(.debug, "reading the lists again to confirm anomalies between objects")
            (isSecondReading, window) = (true, RetryWindow(at: .readClock()))
            return start()
        }
        let counts = ledger.counts.reduce(into: [AnomalyReason: UInt64]()) { counts, entry in
            counts[entry.key.reason, default: 0] += entry.value
        }
        end(
            .success(
                ClusterReading(
                    inventory: outcome.inventory, findings: ledger.known.map(\.finding), counts: counts,
                    acceptedCounts: ledger.acceptedCounts, objects: outcome.objects,
                    malformed: outcome.lists.reduce(0) { $0 + $1.summary.malformed },
                    clustersWithoutObjects: outcome.inventory.clustersWithoutObjects(of: scope.clusters))))
    }

    private func end(_ result: Result<ClusterReading, ReadingError>) {
        self.result = result
        loop.exit(code: 0)
    }
}

/// Counts all objects and keeps some of them.
private struct ReadingConsumer: PollConsumer {
    /// 1 GiB, enough for about 2.5 million objects of usual size.
    private static let maximumKeptBytes = 1 << 30

    var builder: InventoryBuilder
    var objects = ObjectArchive()
    let keeps: (StorPoolObject) -> Bool

    init(builder: InventoryBuilder, keeps: @escaping (StorPoolObject) -> Bool) {
        self.builder = builder
        self.keeps = keeps
    }

    mutating func take(_ object: StorPoolObject, from call: String) throws(PollFailure) {
        do throws(TooMuchText) { try builder.add(object) } catch { throw PollFailure(error, in: call) }
        guard keeps(object) else { return }
        objects.add(object)
        guard objects.byteCount <= Self.maximumKeptBytes else {
            throw PollFailure(
                .tooLarge,
                "\(call): the objects to print need more than \(Self.maximumKeptBytes) bytes of memory;"
                    + " use list with filters such as --storage")
        }
    }

    consuming func finish(
        _ lists: [(call: String, summary: ListSummary)]
    ) throws(PollFailure) -> (
        inventory: Inventory, objects: ObjectArchive, lists: [(call: String, summary: ListSummary)]
    ) {
        let objects = objects
        do throws(TooMuchText) { return (try builder.finish(), objects, lists) } catch {
            throw PollFailure(error, in: "comparing the objects")
        }
    }
}
