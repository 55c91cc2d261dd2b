import Exposition
import Inventory
import ProxmoxVE
import StorPool
import System
import Testing

@testable import Exporter

@Suite("Cluster poller")
struct ClusterPollerTests {
    private final class Delegate: PollerDelegate {
        var events: [EventRecord] = []
        var changes = 0
        var statusChanges = 0
        var releases = 0
        var lines: [String] = []

        func releaseOldPages() { releases += 1 }
        func report(_ events: [EventRecord]) { self.events += events }
        func anomaliesChanged() { changes += 1 }
        func statusChanged() { statusChanges += 1 }
        func log(_ level: Log.Level, _ message: String) { lines.append("\(level.text): \(message)") }
    }

    private let transport = ScriptedTransport()
    private let delegate = Delegate()
    private let timers = ClusterPoller.Timers(
        lists: ManualAlarm(), spaces: ManualAlarm(), templates: ManualAlarm(), staleness: ManualAlarm())

    private func poller(_ change: (inout ServeOptions) -> Void = { _ in }) -> ClusterPoller {
        var options = ServeOptions()
        (options.spaceInterval, options.templatesInterval) = (.zero, .zero)
        change(&options)
        let poller = ClusterPoller(http: transport, timers: timers, options: options, known: [])
        poller.delegate = delegate
        return poller
    }

    private func reply(volumes: String = disks(104), snapshots: String = disks()) {
        transport.last?.reply(volumes)
        transport.last?.reply(snapshots)
    }

    private func fire(_ alarm: any Alarm) { (alarm as? ManualAlarm)?.fire() }

    private func page(_ poller: ClusterPoller) -> String {
        String(decoding: (poller.state.page?.pieces(.text) ?? []).joined(), as: UTF8.self)
    }

    @Test("after a successful poll, the poller is up and has a page")
    func success() throws {
        let poller = poller()
        #expect(!poller.isUp && poller.isStale)
        poller.poll(try endpoint())
        reply()
        #expect(poller.isUp && !poller.isStale)
        #expect(page(poller).contains(#"storpool_pve_objects{pve_cluster="prod1",storage="sp-nvme","#))
        #expect(delegate.statusChanges == 1 && delegate.events.isEmpty && delegate.changes == 0)
        #expect(delegate.releases == 1)
    }

    @Test("an outage has one event at its start and one at its end")
    func outage() throws {
        let poller = poller()
        poller.poll(try endpoint())
        for _ in 0..<3 {
            transport.last?.end(.failure(.timeout("timed out")))
            #expect(!poller.isUp)
            fire(timers.lists)
        }
        #expect(delegate.events.map(\.event) == [.pollFailed])
        reply()
        #expect(delegate.events.map(\.event) == [.pollFailed, .pollRecovered])
        #expect(delegate.events.last?.message.contains("3 failed polls") == true)
        #expect(poller.isUp)
    }

    @Test("a new cause during an outage is logged as a warning")
    func newCause() throws {
        let poller = poller()
        poller.poll(try endpoint())
        transport.last?.end(.failure(.timeout("timed out")))
        fire(timers.lists)
        transport.last?.end(.failure(.connect("no route")))
        #expect(
            delegate.lines == [
                "debug: poll failed: VolumesList: timed out", "warn: poll failed: VolumesList: no route",
            ])
        #expect(delegate.events.count == 1)
    }

    @Test("the poll that finds anomalies reports them")
    func anomalies() throws {
        let poller = poller()
        poller.poll(try endpoint())
        reply(volumes: disks(104).replacingOccurrence(of: "~a.b.104", with: "named"))
        #expect(delegate.events.map(\.event) == [.anomalyDetected])
        #expect(delegate.changes == 1)
        fire(timers.lists)
        reply()
        #expect(delegate.events.map(\.event) == [.anomalyDetected, .anomalyResolved])
    }

    @Test("the previous page stays if the new page is too large")
    func largePage() throws {
        var options = ServeOptions()
        options.maximumEvents = 0
        var state = ClusterState(options: options, known: [], maximumPageBytes: 20_000)
        let now = Moment(wall: 1_700_000_000, monotonic: Monotonic(microseconds: 1))
        _ = try state.take(try inventory(vms: 10), malformed: 0, at: now)
        let (before, number) = (state.page?.pieces(.text), state.pageNumber)
        let many = try inventory(vms: 1_000)
        #expect(throws: PollFailure.self) { try state.take(many, malformed: 0, at: now) }
        #expect(state.page?.pieces(.text) == before)
        #expect(state.pageNumber > number)
        #expect(state.inventory?.total(of: .disk).objects == 10)
    }

    private func inventory(vms: Int) throws -> Inventory {
        var builder = InventoryBuilder(scope: Scope(clusters: []))
        for vmid in 100..<100 + vms {
            try builder.add(
                StorPoolObject(
                    kind: .volume, name: "~a.b.\(vmid)", globalID: "a.b.\(vmid)", size: 1,
                    tags: Tags(
                        virt: "pve", cluster: "prod1", storage: "sp", contentType: "images", vmid: "\(vmid)", disk: "0")
                ))
        }
        return try builder.finish()
    }

    @Test("space and templates are polled after the first success")
    func slowPolls() throws {
        let poller = poller { ($0.spaceInterval, $0.templatesInterval) = (.seconds(60), .seconds(60)) }
        poller.poll(try endpoint())
        #expect(transport.calls == ["VolumesList"])
        reply()
        #expect(transport.calls.suffix(2) == ["VolumesSpace", "VolumeTemplatesStatus"])
        #expect(delegate.releases == 3)
        transport.last?.reply(#"{"data":[{"name":"nvme","size":1,"storedSize":2,"stored":{"capacity":3,"free":4}}]}"#)
        #expect(page(poller).contains(#"storpool_pve_template_free_bytes{template="nvme"} 4"#))
    }

    @Test("a reload with the same endpoint does not cancel the poll")
    func sameEndpoint() throws {
        let poller = poller()
        poller.poll(try endpoint())
        poller.poll(try endpoint())
        #expect(transport.requests.count == 1)
        poller.poll(try endpoint(token: "other"))
        #expect(transport.requests.count == 2)
        #expect(transport.requests[0].isCancelled)
    }

    @Test("after a reload, space and templates follow the lists")
    func reloadOrder() throws {
        let poller = poller { ($0.spaceInterval, $0.templatesInterval) = (.seconds(60), .seconds(60)) }
        poller.poll(try endpoint())
        reply()
        for request in transport.requests where !request.isCancelled { request.end(.failure(.timeout("timed out"))) }
        poller.poll(try endpoint())
        #expect(transport.calls.last == "VolumesList")
        reply()
        #expect(transport.calls.suffix(2) == ["VolumesSpace", "VolumeTemplatesStatus"])
    }

    @Test("after a reload with a new token, space is polled once")
    func reloadTwice() throws {
        let poller = poller { $0.spaceInterval = .seconds(60) }
        func answerAll() {
            // The latest request first, so that the space poll ends before the lists.
            while let open = transport.requests.last(where: { !$0.isCancelled }) { open.reply(disks(104)) }
        }
        poller.poll(try endpoint())
        answerAll()
        poller.poll(try endpoint())
        poller.poll(try endpoint(token: "other"))
        answerAll()
        #expect(transport.calls.count { $0 == "VolumesSpace" } == 2)
    }

    @Test("a bad configuration is an outage only without a previous one")
    func configuration() throws {
        let poller = poller()
        let error = ConfigurationError.missing([MissingVariable("SP_AUTH_TOKEN")], lookedIn: ["a test"])
        poller.configurationFailed(error)
        #expect(delegate.events.map(\.event) == [.pollFailed])
        #expect(poller.lists.failures == [.config: 1])
        poller.poll(try endpoint())
        reply()
        #expect(poller.isUp)
        poller.configurationFailed(error)
        #expect(poller.isUp)
        #expect(delegate.events.map(\.event) == [.pollFailed, .pollRecovered])
        #expect(poller.lists.failures == [.config: 2])
    }

    @Test("a warning is logged when the data becomes stale")
    func stale() throws {
        let poller = poller()
        poller.poll(try endpoint())
        reply()
        fire(timers.staleness)
        #expect(delegate.lines == ["warn: no poll has succeeded for 3m: the data is stale and no longer shown"])
        #expect(delegate.statusChanges == 2)
    }

    @Test("one warning is logged for a cluster without objects")
    func missingCluster() throws {
        let poller = poller { $0.poll.clusters = ["prdo1"] }
        poller.poll(try endpoint())
        for _ in 0..<2 {
            reply()
            fire(timers.lists)
        }
        #expect(delegate.lines.filter { $0.contains("prdo1") }.count == 1)
    }
}

extension String {
    fileprivate func replacingOccurrence(of text: String, with other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
