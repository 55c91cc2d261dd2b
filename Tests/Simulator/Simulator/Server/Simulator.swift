import Glibc
package import System

package struct SimulatorConfiguration {
    /// The initial number of volumes and snapshots.
    package var objects = 1_000
    package var seed: UInt64 = 1
    /// The initial logical time in Unix seconds; nil for a fixed time.
    package var epoch: UInt64?
    package var hasAnomalies = true
    /// The token after `Storpool v1:` in the Authorization field.
    package var token = "1234567890123456789"
    /// A local IPv4 address.
    package var address = "127.0.0.1"
    /// 0 selects a free port.
    package var port: UInt16 = 0
    /// Number of changes of the cluster per second.
    package var changesPerSecond = 0.0
    /// The path prefix of control requests; empty to disable them.
    package var controlPrefix = "/control"
    /// The initial faults, each `KIND[,NAME=VALUE...]`.
    package var faults: [String] = []

    package init() {}
}

/// A StorPool management API with a simulated cluster.
package final class Simulator {
    /// If more connections are open, the oldest is closed. The number is below the usual limit of 1,024 descriptors.
    private static let maximumConnections = 800
    /// Maximum number of connections accepted in one iteration of the loop.
    private static let acceptsPerIteration = 64

    private let loop: EventLoop
    private let configuration: SimulatorConfiguration
    private let router: RequestRouter
    private var listener: Listener?
    private let reopening: TimerSource
    private let quitting: TimerSource
    private let churn: TimerSource
    private var changesDue = 0.0
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var order: [ObjectIdentifier] = []
    package private(set) var port: UInt16

    /// - Throws: `SystemError` if it cannot listen, `ParameterError` for an invalid fault.
    package init(_ configuration: SimulatorConfiguration, loop: EventLoop) throws {
        self.loop = loop
        self.configuration = configuration
        port = configuration.port
        let faults = try configuration.faults.map { try Fault(specification: $0) }
        var options = SimulatedCluster.Options()
        options.objects = configuration.objects
        options.seed = configuration.seed
        options.epoch = configuration.epoch ?? options.epoch
        options.hasAnomalies = configuration.hasAnomalies
        router = RequestRouter(
            cluster: SimulatedCluster(options: options), token: configuration.token,
            controlPrefix: configuration.controlPrefix)
        router.api.warmUp()
        reopening = try loop.timer()
        quitting = try loop.timer { [unowned loop] in loop.exit(code: 0) }
        churn = try loop.timer()
        reopening.handler = { [unowned self] in reopen() }
        churn.handler = { [unowned self] in evolve() }
        try listen()
        for fault in faults {
            if fault.kind == .refuse { refuse(seconds: fault.seconds ?? 5) } else { router.faults.add(fault, at: now) }
        }
        if configuration.changesPerSecond > 0 { churn.arm(after: .seconds(1)) }
    }

    /// The URL of the API without a path, such as `http://127.0.0.1:8100`.
    package var url: String { "http://\(configuration.address):\(port)" }

    private var now: Double { Double(loop.now.microseconds) / 1_000_000 }

    private func listen() throws(SystemError) {
        let address = try SocketAddress.resolve(host: configuration.address, port: port)[0]
        let descriptor = try Descriptor.socket(for: address)
        try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, to: 1)
        try descriptor.bind(to: address)
        try descriptor.listen(backlog: 1_024)
        port = try SocketAddress(of: descriptor).port
        listener = try Listener(descriptor, loop) { [unowned self] in accept() }
    }

    private func accept() {
        for _ in 0..<Self.acceptsPerIteration {
            guard let client = listener?.accept() else { return }
            makeRoom()
            let connection = try? Connection(
                client, loop: loop,
                answer: { [weak self] in self?.answer($0) ?? .silence },
                closed: { [weak self] in self?.forget($0) })
            guard let connection else { continue }
            connections[ObjectIdentifier(connection)] = connection
            order.append(ObjectIdentifier(connection))
        }
    }

    private func makeRoom() {
        guard connections.count >= Self.maximumConnections, let oldest = order.first else { return }
        connections[oldest]?.end()
    }

    private func forget(_ connection: Connection) {
        let identifier = ObjectIdentifier(connection)
        connections[identifier] = nil
        order.removeAll { $0 == identifier }
    }

    private func answer(_ request: SimulatorRequest) -> Reply {
        let (reply, effect) = router.reply(to: request, at: now)
        switch effect {
        case .none: break
        case .quit: quitSoon()
        case .refuse(let seconds): refuse(seconds: seconds)
        }
        return reply
    }

    private func quitSoon() {
        // Wait until the reply has been sent.
        quitting.arm(after: .milliseconds(20))
    }

    private func refuse(seconds: Double) {
        listener = nil
        reopening.arm(after: .seconds(1) * seconds)
    }

    private func reopen() {
        // Another program may have taken the port. Tries again until the port is free.
        do { try listen() } catch { reopening.arm(after: .milliseconds(100)) }
    }

    private func evolve() {
        changesDue += configuration.changesPerSecond
        let changes = changesDue.rounded(.down)
        changesDue -= changes
        router.cluster.step(changes: Int(changes), seconds: 1)
        churn.arm(after: .seconds(1))
    }
}

/// A listening socket with its event source.
private final class Listener {
    private let descriptor: Descriptor
    private let source: IOSource

    init(_ descriptor: consuming Descriptor, _ loop: EventLoop, handler: @escaping () -> Void) throws(SystemError) {
        source = try loop.watch(descriptor.rawValue, .readable) { _ in handler() }
        self.descriptor = descriptor
    }

    deinit {
        source.cancel()
    }

    /// The next connection; nil if none is waiting or it cannot be accepted.
    func accept() -> Descriptor? {
        try? descriptor.accept()
    }
}
