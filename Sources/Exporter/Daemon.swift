import Exposition
import Glibc
import HTTPServer
import Inventory
import ProxmoxVE
import StorPool
import System
import Text

/// Why the daemon cannot run.
package struct DaemonError: Error, CustomStringConvertible {
    /// A sentence that names what failed.
    package let description: String
}

/// The daemon: polls, serves and logs on one loop until it is told to stop.
package final class Daemon {
    private let options: ServeOptions
    private let log: Log
    private let loop: EventLoop
    private let events: EventLog
    private let figures = ProcessFigures()
    private let poller: ClusterPoller
    private var web: WebInterface?
    private var server: HTTPServer?
    private var signals: [SignalSource] = []
    private var configurationFault: String?

    /// Puts everything together and listens; nothing is polled before ``run()``.
    package init(_ options: ServeOptions) throws {
        Memory.returnWhenFree()
        Memory.forgetStart()
        self.options = options
        log = Log(level: options.logLevel)
        loop = try EventLoop()
        let events = try EventLog(loop: loop, log: log, eventsPerPoll: options.maximumEvents)
        self.events = events
        let state = StateFile(environment: getenv("STATE_DIRECTORY").map { String(cString: $0) })
        let log = log
        let known = state.load { log.write(.warn, $0) }
        let relay = Relay()
        poller = try ClusterPoller(
            loop: loop, http: HTTPClient(loop: loop, userAgent: "\(Build.name)/\(Build.version)"), options: options,
            state: state, known: known,
            reports: ClusterPoller.Reports(
                event: { events.send($0) }, hasWaitingEvents: { events.isWaiting },
                statusChanged: { relay.daemon?.statusChanged() },
                log: { log.write($0, $1) }))
        relay.daemon = self
        events.onDrained = { [unowned self] in poller.keepState() }
        // As the server has the paths of requests.
        let path = RequestTarget.normalized(options.telemetryPath)
        let web = try WebInterface(loop: loop, telemetryPath: path, sources: sources())
        self.web = web
        server = try HTTPServer(loop: loop, listeners: listenAddresses()) { [weak web] request, responder in
            web?.answer(request, responder)
        }
    }

    /// Lets the poller's reports find the daemon, which is not there yet when the poller is made.
    private final class Relay {
        weak var daemon: Daemon?
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
        for address in server?.boundAddresses ?? [] {
            log.write(.info, "listening on \(address)" + socketFileNote(address))
        }
        if options.effectiveStaleAfter < options.interval {
            log.write(.warn, "--poll.stale-after is shorter than --poll.interval: objects disappear between polls")
        }
        ServiceManager.notify("READY=1\nSTATUS=Reading the configuration")
        configure()
        Memory.forgetStart()
        return try loop.run()
    }

    /// The mode of a socket file that the daemon made: its umask decides who can connect.
    private func socketFileNote(_ address: String) -> String {
        guard let mode = server?.socketFileModes[address] else { return "" }
        return " (mode 0\(String(mode, radix: 8))); to let another user or group connect, use the socket unit"
            + " \(Build.name).socket with SocketMode= and SocketGroup="
    }

    private func listenAddresses() throws -> [ListenAddress] {
        let inherited = try ServiceManager.inheritedSockets()
        if !inherited.isEmpty { return inherited.map { .inherited($0) } }
        return try options.listenAddresses.map { text in
            switch try ListenAddressText.parse(text) {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unix(let path): .unix(path: path)
            }
        }
    }
}

// MARK: Signals

extension Daemon {
    private func stop() {
        ServiceManager.notify("STOPPING=1\nSTATUS=Stopping")
        log.write(.info, "stopping")
        server?.stop()
        events.finish()
        poller.finish()
        loop.exit(code: 0)
    }

    private func reload() {
        ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(Monotonic.readClock().microseconds)")
        log.write(.info, "reading the configuration again")
        configure()
        ServiceManager.notify("READY=1")
    }

    private static let advice = "fix it, then run: systemctl reload storpool-pve-exporter"

    /// Reads the configuration and polls what it names. If it cannot be used, the previous one stays active.
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
}

// MARK: What is shown

extension Daemon {
    private func statusChanged() {
        notifyStatus()
        guard let call = loop.takeLongestCall() else { return }
        log.write(.debug, "the longest call on the loop took \(call.duration.microseconds) µs, of \(call.owner)")
    }

    private static var statusBytes: Int { 1_000 }

    private func notifyStatus() {
        ServiceManager.notify("STATUS=\(statusLine.printable(limit: Self.statusBytes))")
    }

    /// One readable line, for `systemctl status` and the landing page.
    private var statusLine: String {
        guard let configurationFault else { return pollingLine }
        guard poller.isPolling else { return "Not polling: \(configurationFault); \(Self.advice)" }
        return "\(pollingLine); the previous configuration stays active, because the new one cannot be used: "
            + "\(configurationFault); \(Self.advice)"
    }

    private var pollingLine: String {
        let last = poller.lastSuccess.map { "last success \(Self.age($0.monotonic, loop.now)) ago" }
        let stale = last != nil && poller.isStale ? "; the data is stale and not shown" : ""
        if let failure = poller.failure { return "Polling fails: \(failure)\(last.map { "; \($0)" } ?? "")\(stale)" }
        guard let last, let inventory = poller.inventory, let duration = poller.duration else {
            return "First poll under way"
        }
        if poller.isStale { return "The poll takes too long: \(last)\(stale)" }
        let objects = ObjectType.allCases.reduce(0) { $0 + inventory.total(of: $1).objects }
        let (errors, warnings) = (poller.ledger.count(of: .error), poller.ledger.count(of: .warning))
        return "\(objects) objects on \(inventory.places.count) storages, \(errors) errors, \(warnings) warnings;"
            + " last poll took \(duration.milliseconds) ms"
            + poller.clustersWithoutObjects.map { "; " + PollOptions.warning(ofClusterWithoutObjects: $0) }.joined()
    }

    private static func age(_ then: Monotonic, _ now: Monotonic) -> String {
        PrometheusDuration.text(.seconds((now - then).components.seconds))
    }

    private func sources() -> WebInterface.Sources {
        WebInterface.Sources(
            objects: { [unowned self] in poller.isStale ? nil : poller.pages.page },
            status: { [unowned self] in status() },
            landing: { [unowned self] in
                LandingPage(
                    telemetryPath: options.telemetryPath, version: Build.line, state: statusLine,
                    isWell: poller.isUp && configurationFault == nil && poller.clustersWithoutObjects.isEmpty,
                    inventory: poller.isStale ? nil : poller.inventory, known: poller.ledger.known)
            },
            unreadiness: { [unowned self] in
                guard poller.isStale else { return nil }
                return poller.lastSuccess == nil
                    ? "No poll has succeeded yet." : "The data of the last good poll is stale."
            })
    }

    private func status() -> ExporterStatus {
        var status = ExporterStatus(
            build: ExporterStatus.Build(
                version: Build.version, revision: Build.revision, swiftVersion: Build.swiftVersion))
        status.isUp = poller.isUp
        status.lastSuccess = poller.lastSuccess?.wall
        status.spaceLastSuccess = poller.spaceLastSuccess
        status.pollMicroseconds = poller.duration?.microseconds
        status.polls = poller.lists?.count ?? 0
        status.pollFailures.byCause = poller.lists?.failures ?? [:]
        status.spaceFailures.byCause = poller.spaces?.failures ?? [:]
        status.templateFailures.byCause = poller.templates?.failures ?? [:]
        status.receivedBytes = [poller.lists, poller.spaces, poller.templates].reduce(0) { sum, poll in
            sum + (poll?.receivedBytes ?? 0)
        }
        status.malformedObjects = UInt64(poller.malformed)
        status.journalEvents = events.logged
        status.journalFailures = events.failures
        if let statistics = server?.statistics {
            for (code, count) in statistics.requests { status.httpRequests[String(code)] = count }
            for (reason, count) in statistics.refused { status.httpRefused[reason.rawValue] = count }
            status.httpConnections = UInt64(statistics.openConnections)
        }
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
