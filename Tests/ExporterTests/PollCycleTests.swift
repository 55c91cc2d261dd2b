import Exposition
import Inventory
import StorPool
import System
import Testing

@testable import Exporter

@Suite("Poll cycle")
struct PollCycleTests {
    /// Records the elements that a cycle passes to its consumer.
    private struct Recorder: PollConsumer {
        var names: [String] = []
        var capacity = Int.max

        mutating func take(_ object: StorPoolObject, from call: String) throws(PollFailure) {
            guard names.count < capacity else { throw PollFailure(.tooLarge, "\(call): too many") }
            names.append("\(call) \(object.kind.text) \(object.globalID)")
        }

        consuming func finish(_ lists: [(call: String, summary: ListSummary)]) -> [String] {
            names + lists.map { "\($0.call): \($0.summary.count)" }
        }
    }

    private final class Outcome {
        var result: Result<[String], PollFailure>?
    }

    private let transport = ScriptedTransport()
    private let outcome = Outcome()

    private func start(capacity: Int = .max) throws -> AnyObject {
        try PollCycle(ListCall.lists, of: client(transport), into: Recorder(capacity: capacity)) { [outcome] in
            #expect(outcome.result == nil, "completed twice")
            outcome.result = $0
        }
    }

    private func failure() -> PollFailure? {
        guard case .failure(let failure) = outcome.result else { return nil }
        return failure
    }

    @Test("a cycle makes its calls one after the other")
    func success() throws {
        let cycle = try start()
        #expect(transport.calls == ["VolumesList"])
        transport.last?.reply(disks(104))
        #expect(transport.calls == ["VolumesList", "SnapshotsList"])
        #expect(outcome.result == nil)
        transport.last?.reply(disks(105, 106))
        #expect(
            try outcome.result?.get() == [
                "VolumesList volume a.b.104", "SnapshotsList snapshot a.b.105", "SnapshotsList snapshot a.b.106",
                "VolumesList: 1", "SnapshotsList: 2",
            ])
        withExtendedLifetime(cycle) {}
    }

    @Test("a failed call ends the cycle")
    func failedCall() throws {
        let cycle = try start()
        transport.last?.end(.failure(.connectionRefused("refused")))
        #expect(failure()?.cause == .connect)
        #expect(failure()?.isWorthRetrying == true)
        #expect(transport.calls == ["VolumesList"])
        withExtendedLifetime(cycle) {}
    }

    @Test("a cycle ends if its consumer refuses an element")
    func refusedElement() throws {
        let cycle = try start(capacity: 1)
        transport.last?.reply(disks(104, 105, 106))
        #expect(failure() == PollFailure(.tooLarge, "VolumesList: too many"))
        #expect(transport.calls == ["VolumesList"])
        withExtendedLifetime(cycle) {}
    }

    @Test("dropping the cycle cancels the transfer")
    func dropped() throws {
        var cycle: AnyObject? = try start()
        #expect(transport.last?.isCancelled == false)
        withExtendedLifetime(cycle) {}
        cycle = nil
        #expect(transport.last?.isCancelled == true)
        #expect(outcome.result == nil)
    }

    @Test(
        "failures name the call, the cause and what to check",
        arguments: [
            (
                200, "<html>", FailureCause.parse,
                "is http://127.0.0.1:81/ctrl/1.0/VolumesList the URL of a StorPool API?"
            ),
            (404, "not found", .http, "VolumesList: HTTP status 404"),
            (401, #"{"error":{"name":"x","descr":"y"}}"#, .api, "check the token from a test"),
            (200, #"{"error":{"name":"x","descr":"permission denied"}}"#, .api, "check the token from a test"),
            (
                200, #"{"error":{"name":"busy","descr":"y","transient":true}}"#, .api,
                "StorPool API error busy: y (transient)"
            ),
            (200, #"{"data":{}}"#, .parse, "the reply's data is not a list"),
            (200, #"{"data":["#, .parse, "VolumesList: the reply is not valid JSON"),
            (200, #"{"data":[],"data":[]}"#, .parse, "VolumesList"),
        ])
    func advice(status: Int, body: String, cause: FailureCause, text: String) throws {
        let cycle = try start()
        transport.last?.reply(body, status: status)
        #expect(failure()?.cause == cause)
        #expect(failure()?.text.contains(text) == true, "\(failure()?.text ?? "")")
        withExtendedLifetime(cycle) {}
    }

    @Test("the token never appears in a failure")
    func hiddenToken() throws {
        let cycle = try start()
        transport.last?.reply(#"{"error":{"name":"x","descr":"bad token 1556129910218014736"}}"#)
        #expect(failure()?.text.contains("bad token (the token)") == true)
        withExtendedLifetime(cycle) {}
    }
}
