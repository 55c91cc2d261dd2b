import EventLoop
import HTTPClient
public import Inventory
public import ProxmoxNaming
public import Reports
import Settings
public import StorPoolObjects

/// What one look at a cluster showed.
public struct ClusterPicture {
    /// What was counted.
    public let inventory: Inventory
    /// What is wrong and not accepted, the worst first.
    public let findings: [Finding]
    /// Objects with each reason, accepted ones included.
    public let counts: [AnomalyReason: UInt64]
    /// The objects that were to be kept.
    public let objects: ObjectArchive
    /// Elements of the lists that could not be read.
    public let malformed: Int
}

/// Why a look at the cluster failed.
public enum ClusterLookError: Error, CustomStringConvertible {
    /// What is configured does not say where the API is.
    case configuration(String)
    /// The API could not be read.
    case poll(PollFailure)
    /// The system did not let it begin.
    case system(String)

    /// One sentence, without the token.
    public var description: String {
        switch self {
        case .configuration(let text): "cannot use the StorPool configuration: \(text)"
        case .poll(let failure): "cannot read the StorPool API: \(failure)"
        case .system(let text): text
        }
    }
}

/// One look at a cluster, for the commands that end: the two lists once, and once more when the first time shows an
/// anomaly that compares objects, of which only those count that both times show. Nothing is tried again.
public final class ClusterLook {
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
    private var result: Result<ClusterPicture, PollFailure>?

    /// Looks, and returns when it is over. A signal ends the program as ever.
    ///
    /// - Parameter keeps: which objects the picture holds; the findings are of all of them.
    public static func take(
        _ options: PollOptions, log: Log, keeping keeps: @escaping (StorPoolObject) -> Bool
    ) throws(ClusterLookError) -> ClusterPicture {
        let endpoint: APIEndpoint
        do throws(ConfigurationError) { endpoint = try ConfigurationLoader.endpoint(options) } catch {
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
        ledger = AnomalyLedger(accepted: options.acceptedReasons)
        self.log = log
        self.keeps = keeps
    }

    private func run() throws -> ClusterPicture {
        look(isSecond: false)
        if result == nil { _ = try loop.run() }
        switch result {
        case .success(let picture): return picture
        case .failure(let failure): throw ClusterLookError.poll(failure)
        case nil: throw ClusterLookError.system("the look at the cluster ended without a result")
        }
    }

    private func look(isSecond: Bool) {
        let sink = LookSink(builder: InventoryBuilder(scope: scope), keeps: keeps)
        do throws(PollFailure) {
            poll = try ListPoll(Self.calls, of: client, into: sink) { [unowned self] result in
                switch result {
                case .failure(let failure): end(.failure(failure))
                case .success(let result): take(result, isSecond: isSecond)
                }
            }
        } catch {
            end(.failure(error))
        }
    }

    private func take(_ result: ListPollResult<LookSink>, isSecond: Bool) {
        let inventory = result.outcome.inventory
        _ = ledger.update(with: inventory.findings, at: WallClock.seconds)
        if !isSecond, inventory.findings.contains(where: \.anomaly.reason.comparesObjects) {
            log.write(.debug, "reading the lists a second time, because the first shows anomalies that compare objects")
            return look(isSecond: true)
        }
        for cluster in inventory.clustersWithoutObjects(of: scope.clusters) {
            log.write(.warn, PollOptions.warning(ofClusterWithoutObjects: cluster))
        }
        let counts = ledger.counts.reduce(into: [AnomalyReason: UInt64]()) { counts, entry in
            counts[entry.key.reason, default: 0] += entry.value
        }
        end(
            .success(
                ClusterPicture(
                    inventory: inventory, findings: ledger.known.map(\.finding), counts: counts,
                    objects: result.outcome.objects, malformed: result.malformed)))
    }

    private func end(_ result: Result<ClusterPicture, PollFailure>) {
        self.result = result
        loop.exit(code: 0)
    }
}

/// Counts all objects, and keeps those that are asked for.
private struct LookSink: ObjectSink {
    var builder: InventoryBuilder
    var objects = ObjectArchive()
    /// The objects that are kept count too: they hold their texts.
    var textBytes: Int { builder.textBytes + objects.byteCount }
    var textBound: TextBound { builder.textBound }
    let keeps: (StorPoolObject) -> Bool

    init(builder: InventoryBuilder, keeps: @escaping (StorPoolObject) -> Bool) {
        self.builder = builder
        self.keeps = keeps
    }

    mutating func beginList() {
        builder.beginList()
        objects.beginList()
    }

    mutating func restartList() {
        builder.restartList()
        objects.restartList()
    }

    mutating func add(_ object: StorPoolObject) -> Bool {
        builder.add(object)
        if keeps(object) { objects.add(object) }
        return !exceedsTextBound
    }

    consuming func finishing() -> Finishing {
        Finishing(inventory: builder.finishing(), objects: objects)
    }

    struct Finishing: SteppedWork, TextHolder {
        var inventory: InventoryBuilder.Finishing
        let objects: ObjectArchive
        var textBytes: Int { inventory.textBytes + objects.byteCount }
        var textBound: TextBound { inventory.textBound }

        mutating func advance() -> Bool { inventory.advance() }

        consuming func outcome() -> (inventory: Inventory, objects: ObjectArchive) {
            (inventory.outcome(), objects)
        }
    }
}
