import CShims
import Exposition
import Glibc
import HTTPServer
import Inventory
import ProxmoxVE
import StorPool
import System
import Text

/// The daemon: polls, serves HTTP and logs events on one event loop.
package final class Daemon {
    private let options: ServeOptions
    private let log: Log
    private let loop: EventLoop
    private let events: EventLog
    private let stateFile: StateFile
    private let poller: ClusterPoller
    private let server: HTTPServer
    private let figures = ProcessFigures()
    private var signals: [SignalSource] = []
    private var configurationFault: String?
    /// False if the known anomalies have changed since they were loaded or stored.
    private var isStored = true

    /// Opens the listening sockets. The first poll starts in ``run()``.
    package init(_ options: ServeOptions) throws {
        // The pieces of a page stay in the heap, where the next page reuses their memory. Freed blocks of 128 KiB or
        // more return to the system.
        memory_return_when_free(128 << 10, 4 << 20)
        self.options = options
        let log = Log(level: options.logLevel)
        self.log = log
        loop = try EventLoop()
        let events = try EventLog(loop: loop, log: log, eventsPerPoll: options.maximumEvents)
        self.events = events
        stateFile = StateFile(directories: getenv("STATE_DIRECTORY").map { String(cString: $0) })
        poller = ClusterPoller(
            http: try HTTPClient(loop: loop, userAgent: Build.userAgent),
            timers: try ClusterPoller.Timers(
                lists: loop.timer(), spaces: loop.timer(), templates: loop.timer(), staleness: loop.timer()),
            options: options, known: stateFile.load { log.write(.warn, $0) })
        let web = WebInterface(telemetryPath: RequestTarget.normalized(options.telemetryPath))
        server = try HTTPServer(loop: loop, listeners: Self.listenAddresses(options)) { web.answer($0, $1) }
        poller.delegate = self
        web.content = self
        events.onDrained = { [unowned self] in storeState() }
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Returns: the exit code.
    package func run() throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signals.append(try loop.signal(number) { [unowned self] in stop() })
        }
        signals.append(try loop.signal(SIGHUP) { [unowned self] in reload() })
        _ = try loop.enableWatchdog()
        for address in server.boundAddresses { log.write(.info, "listening on \(address)" + socketFileNote(address)) }
        if options.effectiveStaleAfter < options.interval {
            log.write(
                .warn,
                "--poll.stale-after is shorter than --poll.interval: metrics about objects disappear between polls")
        }
        ServiceManager.notify("READY=1\nSTATUS=Reading the configuration")
        configure()
        return try loop.run()
    }

    /// A note about the mode of a socket file that the daemon created. The umask determines the mode, and so who can
    /// connect.
    private func socketFileNote(_ address: String) -> String {
        guard let mode = server.socketFileModes[address] else { return "" }
        return " (mode 0\(String(mode, radix: 8))); to let another user or group connect, use the socket unit"
            + " \(Build.name).socket with SocketMode= and SocketGroup="
    }

    private static func listenAddresses(_ options: ServeOptions) throws -> [ListenAddress] {
        let inherited = try ServiceManager.inheritedSockets()
        if !inherited.isEmpty { return inherited.map { .inherited($0) } }
        return try options.listenAddresses.map { try ListenAddress($0) }
    }
}

// MARK: Signals

extension Daemon {
    private static let advice = "fix it, then run: systemctl reload storpool-pve-exporter"

    private func stop() {
        ServiceManager.notify("STOPPING=1\nSTATUS=Stopping")
        log.write(.info, "stopping")
        server.stop()
        events.finish()
        storeState()
        loop.exit(code: 0)
    }

    private func reload() {
        ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(Monotonic.readClock().microseconds)")
        log.write(.info, "reloading the configuration")
        configure()
        ServiceManager.notify("READY=1")
    }

    /// Reads the configuration and polls its endpoint. If the configuration is unusable, the previous one stays active.
    private func configure() {
        do throws(ConfigurationError) {
            let endpoint = try ConfigurationLoader.endpoint(options.poll, log: log)
            configurationFault = nil
            log.write(.info, "polling \(endpoint.url)")
            poller.poll(endpoint)
        } catch {
            configurationFault = "\(error)"
            let meanwhile = poller.isPolling ? "the previous configuration stays active" : "nothing is polled"
            log.write(.error, "cannot use the StorPool configuration: \(error); \(meanwhile); \(Self.advice)")
            poller.configurationFailed(error)
        }
        notifyStatus()
    }

    /// Stores the known anomalies if they have changed and no event is waiting. A waiting event that is lost in a crash
    /// is therefore logged again after the restart. If storing fails, it is tried again after the next poll.
    private func storeState() {
        guard !isStored, !events.isWaiting else { return }
        do throws(SystemError) {
            try stateFile.store(poller.state.ledger.known)
            isStored = true
        } catch {
            log.write(.error, "cannot store the state: \(error)")
        }
    }
}

// MARK: Status

extension Daemon: PollerDelegate {
    func report(_ records: [EventRecord]) {
        for record in records { events.send(record) }
    }

    func anomaliesChanged() { isStored = false }

    func releaseOldPages() { server.abortReplies(before: poller.state.pageNumber) }

    func log(_ level: Log.Level, _ message: String) { log.write(level, message) }

    private static let statusBytes = 1_000

    func statusChanged() {
        storeState()
        notifyStatus()
        guard let call = loop.takeLongestCall() else { return }
        log.write(.debug, "the longest event handler took \(call.duration.microseconds) µs, in \(call.owner)")
    }

    private func notifyStatus() {
        ServiceManager.notify("STATUS=\(statusLine.printable(limit: Self.statusBytes))")
    }

    /// One line for `systemctl status` and the landing page.
    private var statusLine: String {
        guard let configurationFault else { return pollingLine }
        guard poller.isPolling else { return "Not polling: \(configurationFault); \(Self.advice)" }
        return "\(pollingLine); the previous configuration stays active, because the new one cannot be used: "
            + "\(configurationFault); \(Self.advice)"
    }

    private var pollingLine: String {
        let state = poller.state
        let now = Monotonic.readClock()
        let isStale = state.isStale(at: now)
        let last = state.lastSuccess.map { success in
            let age = PrometheusDuration.text(.seconds((now - success.monotonic).components.seconds))
            return "last success \(age) ago" + (isStale ? "; the data is stale and not shown" : "")
        }
        if let failure = state.failure { return "Polling fails: \(failure)\(last.map { "; \($0)" } ?? "")" }
        guard let last, let inventory = state.inventory, let duration = poller.lists.duration else {
            return "The first poll is running"
        }
        if isStale { return "The poll takes too long: \(last)" }
        let objects = ObjectType.allCases.reduce(0) { $0 + inventory.total(of: $1).objects }
        let (errors, warnings) = (state.ledger.count(of: .error), state.ledger.count(of: .warning))
        return "\(objects) objects on \(inventory.storages.count) storages, \(errors) errors, \(warnings) warnings;"
            + " last poll took \(duration.milliseconds) ms"
            + state.clustersWithoutObjects.map { "; " + PollOptions.warning(clusterWithoutObjects: $0) }.joined()
    }
}

extension Daemon: WebContent {
    var objectsPage: (page: ObjectsPage, number: UInt64)? {
        guard !poller.isStale, let page = poller.state.page else { return nil }
        return (page, poller.state.pageNumber)
    }

    var landingPage: LandingPage {
        LandingPage(
            telemetryPath: options.telemetryPath, version: Build.line, state: statusLine,
            isWell: poller.isUp && configurationFault == nil && poller.state.clustersWithoutObjects.isEmpty,
            inventory: poller.isStale ? nil : poller.state.inventory, known: poller.state.ledger.known)
    }

    var unreadiness: String? {
        guard poller.isStale else { return nil }
        return poller.state.lastSuccess == nil
            ? "No poll has succeeded yet." : "The data of the last successful poll is stale."
    }

    var status: ExporterStatus {
        var status = ExporterStatus(
            build: ExporterStatus.Build(
                version: Build.version, revision: Build.revision, swiftVersion: Build.swiftVersion))
        status.isUp = poller.isUp
        status.lastSuccess = poller.state.lastSuccess?.wall
        status.spaceLastSuccess = poller.state.spaceLastSuccess
        status.pollMicroseconds = poller.lists.duration?.microseconds
        status.polls = poller.lists.count
        status.pollFailures = poller.lists.failures
        status.spaceFailures = poller.spaces.failures
        status.templateFailures = poller.templates.failures
        status.receivedBytes = [poller.lists, poller.spaces, poller.templates].reduce(0) { $0 + $1.receivedBytes }
        status.malformedObjects = UInt64(poller.state.malformed)
        status.journalEvents = events.logged
        status.journalFailures = events.failures
        let statistics = server.statistics
        for (code, count) in statistics.requests { status.httpRequests[String(code)] = count }
        for (reason, count) in statistics.refused { status.httpRefused[reason.rawValue] = count }
        status.httpConnections = UInt64(statistics.openConnections)
        status.process = figures.read()
        return status
    }
}

extension Duration {
    /// Whole microseconds; zero for a negative duration.
    var microseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 ? 0 : UInt64(seconds) * 1_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000_000
    }

    /// Whole milliseconds; zero for a negative duration.
    var milliseconds: UInt64 { microseconds / 1_000 }
}
