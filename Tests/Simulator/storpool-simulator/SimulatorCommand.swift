import ArgumentParser
import Glibc
import Simulator
import System

@main
struct SimulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storpool-simulator",
        abstract: "Simulate a StorPool cluster and its management API.",
        discussion: """
            Prints its URL on one line when it listens. SIGTERM and SIGINT end it.
            The same seed, flags and control requests give the same cluster.

            Calls, below /ctrl/1.0/: VolumesList, SnapshotsList, VolumesSpace,
            SnapshotsSpace, VolumeTemplatesStatus, ServicesList, Volume/NAME,
            Snapshot/NAME; also below MultiCluster/ and RemoteCommand/CLUSTER/.

            Control requests, below the prefix of --control, without a token:
              GET    state                      objects, anomalies, requests, faults
              POST   fault?kind=KIND&NAME=VALUE start a fault, like --fault
              DELETE fault                      end all faults
              POST   step?changes=1&seconds=60  change the cluster, advance its time
              POST   anomaly?reason=REASON      plant an anomaly
              DELETE anomaly?reason=REASON      repair the last anomaly of this reason
              DELETE anomaly?id=GLOBALID        repair the last anomaly of this object
              POST   quit                       end the simulator

            Faults. The oldest active fault that matches a call applies:
            \(faultTable)
            Parameters of every fault: call (such as VolumesList, or * for all),
            count (number of replies), seconds (duration).
            """,
        version: "storpool-simulator of storpool-pve-exporter")

    @Option(help: ArgumentHelp("Initial number of volumes and snapshots.", valueName: "count"))
    var objects = 1_000

    @Option(help: ArgumentHelp("Seed of the random cluster.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Initial logical time in Unix seconds, or 'now'. (default: a fixed time)", valueName: "seconds"))
    var epoch: Epoch?

    @Option(help: ArgumentHelp("IPv4 address and port; port 0 selects a free port.", valueName: "address:port"))
    var listen = Endpoint(address: "127.0.0.1", port: 0)

    @Option(
        help: ArgumentHelp(
            "Token that clients must send after 'Storpool v1:' in the Authorization field.", valueName: "token"))
    var token = "1234567890123456789"

    @Option(
        help: ArgumentHelp(
            "Rate of changes of the cluster, such as 5/s or 30/m, or their interval, such as 2s.",
            valueName: "rate"))
    var churn = Rate(perSecond: 0)

    @Option(help: ArgumentHelp("Path prefix of control requests; empty to disable them.", valueName: "prefix"))
    var control = "/control"

    @Flag(inversion: .prefixedNo, help: "Plant anomalies; with 300 objects or more, at least one of every reason.")
    var anomalies = true

    @Option(
        help: ArgumentHelp("Fault from the start: KIND[,NAME=VALUE...]. Repeatable.", valueName: "fault"))
    var fault: [String] = []

    func validate() throws {
        guard (0...1_000_000).contains(objects) else {
            throw ValidationError("--objects must be from 0 to 1000000.")
        }
        guard control.isEmpty || control.hasPrefix("/") else { throw ValidationError("--control must begin with '/'.") }
        for specification in fault {
            if let problem = problem(withFault: specification) { throw ValidationError("--fault: \(problem).") }
        }
    }

    func run() throws {
        var configuration = SimulatorConfiguration()
        configuration.objects = objects
        configuration.seed = seed
        configuration.epoch = epoch?.seconds
        configuration.hasAnomalies = anomalies
        configuration.token = token
        configuration.address = listen.address
        configuration.port = listen.port
        configuration.changesPerSecond = churn.perSecond
        configuration.controlPrefix = control
        configuration.faults = fault
        let loop = try EventLoop()
        let signals = try [SIGTERM, SIGINT].map { try loop.signal($0) { loop.exit(code: 0) } }
        let simulator = try Simulator(configuration, loop: loop)
        print(simulator.url)
        fflush(nil)
        let code = try withExtendedLifetime((simulator, signals)) { try loop.run() }
        throw ExitCode(code)
    }
}
