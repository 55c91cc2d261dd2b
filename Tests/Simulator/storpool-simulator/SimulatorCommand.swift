import ArgumentParser
import Glibc
import Simulator
import System

@main
struct SimulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storpool-simulator",
        abstract: "A StorPool management API on loopback, with a made-up cluster behind it.",
        discussion: """
            Prints its URL as one line once it listens. SIGTERM and SIGINT end it: exit 0.
            The same seed, flags and control requests make the same cluster.

            Calls, below /ctrl/1.0/: VolumesList, SnapshotsList, VolumesSpace,
            SnapshotsSpace, VolumeTemplatesStatus, ServicesList, Volume/NAME,
            Snapshot/NAME; also behind MultiCluster/ and RemoteCommand/CLUSTER/.

            Control paths, behind the prefix of --control, without a token:
              GET    state                      objects, anomalies, requests, faults
              POST   fault?kind=KIND&NAME=VALUE switch a fault on, as --fault does
              DELETE fault                      switch all faults off
              POST   step?changes=1&seconds=60  change the cluster, let time pass
              POST   anomaly?reason=REASON      put in one anomaly
              DELETE anomaly?reason=REASON      repair the last one of that reason
              DELETE anomaly?id=GLOBALID        repair the last one of that object
              POST   quit                       end

            Faults. The first one that is on and matches a call strikes:
            \(faultTable)
            With any of them: call (VolumesList and so on, Volume, Snapshot, or *),
            count (replies it strikes), seconds (how long it is on).
            """,
        version: "storpool-simulator of storpool-pve-exporter")

    @Option(help: ArgumentHelp("How many volumes and snapshots there are at the start.", valueName: "count"))
    var objects = 1_000

    @Option(help: ArgumentHelp("Makes another cluster.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Logical time at the start: Unix seconds, or 'now'. By default a fixed moment.", valueName: "seconds"))
    var epoch: Epoch?

    @Option(help: ArgumentHelp("IPv4 address and port; port 0 means any.", valueName: "address:port"))
    var listen = Endpoint(address: "127.0.0.1", port: 0)

    @Option(help: ArgumentHelp("What the Authorization field must carry after 'Storpool v1:'.", valueName: "token"))
    var token = "1234567890123456789"

    @Option(
        help: ArgumentHelp(
            "Changes of the cluster, such as 5/s or 30/m; or the time from one to the next, such as 2s.",
            valueName: "rate"))
    var churn = Rate(perSecond: 0)

    @Option(help: ArgumentHelp("Where the control paths are; empty for none.", valueName: "prefix"))
    var control = "/control"

    @Flag(inversion: .prefixedNo, help: "Put in anomalies: every kind from 300 objects on.")
    var anomalies = true

    @Option(
        help: ArgumentHelp("Switch a fault on from the start: KIND[,NAME=VALUE...]. Repeatable.", valueName: "fault"))
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
